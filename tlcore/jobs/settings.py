"""What the operator of the newest app allowed, for errands: their supervisor may have been started by an older app."""

import json
import os
from collections.abc import Mapping

from tlcore.data.limits import MODE_VARIABLE
from tlcore.data.server_folders import FOLDERS_VARIABLE
from tlcore.store import Store

_VARIABLES = (MODE_VARIABLE, FOLDERS_VARIABLE)


def tell_settings(store: Store) -> None:
    """Note this process's settings as those that count; an app does so as it starts."""
    aside = store.settings.with_suffix(f".{os.getpid()}")
    aside.write_text(json.dumps({name: os.environ.get(name, "") for name in _VARIABLES}), encoding="utf-8")
    aside.replace(store.settings)


def told_settings(store: Store) -> Mapping[str, str]:
    """Return the settings of the app that started last, an empty text where one is not set; {} before the first."""
    if not store.settings.exists():
        return {}
    told: dict[str, str] = json.loads(store.settings.read_text(encoding="utf-8"))
    return told
