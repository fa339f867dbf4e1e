"""Remembers in the browser which workspace it belongs to; nothing is shown."""

import re

from tlcore.errors import ChoiceError
from tlcore.ui.components.bridge import register

COOKIE = "thaw_workspace"
_VALUE = re.compile(r"[A-Za-z0-9_-]{1,128}")

_mount = register("visitor")


def visitor_cookie(*, key: str, value: str) -> None:
    """Write `value` into the cookie for a year; the next connection has it in `st.context.cookies`."""
    if not _VALUE.fullmatch(value):
        raise ChoiceError(f"The workspace is {value!r}.", "It takes up to 128 letters, digits, - and _.")
    _mount(key=key, data={"name": COOKIE, "value": value}, height=1)
