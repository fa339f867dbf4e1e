"""How Python and the browser meet: a component is made of the files beside this one, and answers by events."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from tlcore.records import to_json

_FOLDER = Path(__file__).parent
_READ = "export default (given) => draw({ ...given, data: given.data && JSON.parse(given.data.text) });"
"""The last line of each script: `data` comes as a text."""


def source(name: str) -> str:
    """Return the text of a file that lies beside this one."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def register(name: str, *parts: str, isolate: bool = True) -> Callable[..., None]:
    """Register the component made of `name`.js and `name`.css; call it once, when its module is imported.

    `parts` names scripts and styles that stand before its own: "shared" has the icons and the helpers. What is
    returned puts the component on the page; its `data` are plain values or records, or their JSON where that is kept.
    """
    files = [*parts, name]
    script = "".join(source(f"{file}.js") for file in files)
    if "shared" in parts:
        script = f"const ICONS = {source('icons.json')};\n{script}"
    script = f"{script.replace('export default', 'const draw =')}\n{_READ}"
    style = "".join(source(f"{file}.css") for file in files if (_FOLDER / f"{file}.css").is_file())
    mount = st.components.v2.component(f"thaw_{name}", js=script, css=style or None, isolate_styles=isolate)

    def put(*, key: str, data: Any = None, **settings: Any) -> None:
        # Streamlit would write values twice for each viewer, and import pandas to see whether a list is a table.
        text = data if isinstance(data, str) else to_json(data)
        mount(key=key, data=None if data is None else {"text": text}, **settings)

    return put


def sent(key: str, event: str) -> Any:
    """Return what the browser sent with `event`; anything at all may stand there, so its reader checks it."""
    state = st.session_state.get(key)
    return state.get(event) if isinstance(state, dict) else None
