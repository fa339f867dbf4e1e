"""How Python and the browser meet: a component is made of the files beside this one, and answers by events."""

from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_FOLDER = Path(__file__).parent


def source(name: str) -> str:
    """Return the text of a file that lies beside this one."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def register(name: str, *parts: str, isolate: bool = True) -> ComponentRenderer:
    """Register the component made of `name`.js and `name`.css; call it once, when its module is imported.

    `parts` names scripts and styles that stand before its own: "shared" has the icons and the helpers.
    """
    files = [*parts, name]
    script = "".join(source(f"{file}.js") for file in files)
    if "shared" in parts:
        script = f"const ICONS = {source('icons.json')};\n{script}"
    style = "".join(source(f"{file}.css") for file in files if (_FOLDER / f"{file}.css").is_file())
    return st.components.v2.component(f"thaw_{name}", js=script, css=style or None, isolate_styles=isolate)


def sent(key: str, event: str) -> Any:
    """Return what the browser sent with `event`; anything at all may stand there, so its reader checks it."""
    state = st.session_state.get(key)
    return state.get(event) if isinstance(state, dict) else None
