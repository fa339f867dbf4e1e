"""Changes of the plan by hand: made where the plan can still be carried out, else refused in words beside the place."""

from collections.abc import Callable

import streamlit as st

from tlcore.draft import Draft
from tlcore.errors import ThawError
from tlcore.plan import preview
from tlcore.ui.components.static import say
from tlcore.ui.session import draft, keep_draft

_PHASE = "phase"
_REFUSALS = "refusals"
_REFUSED = "refused"


def edit(place: str, change: Callable[[Draft], Draft]) -> bool:
    """Change the plan; say whether it was done. Otherwise `refusal` tells the reason at `place`."""
    try:
        changed = change(draft())
        preview(changed.config(""), classes=2)
    except ThawError as error:
        st.session_state[_REFUSED] = (place, draft(), str(error))
        st.session_state[_REFUSALS] = refusals() + 1
        return False
    keep_draft(changed)
    return True


def refusal(place: str) -> str:
    """Return why the last change was refused, if that was at `place` and the plan is still the same; else nothing.

    It is not told once only: an answer that comes in meanwhile draws the page anew.
    """
    where, plan, reason = st.session_state.get(_REFUSED, ("", None, ""))
    return str(reason) if where == place and plan == draft() else ""


def show_refusal(place: str) -> None:
    """Draw why the last change at `place` was refused."""
    if refused := refusal(place):
        st.html(say(refused, lead="Not changed:", mark="cross"))


def refusals() -> int:
    """Return how many changes were refused in this visit; a key that holds it gives a table back its old values."""
    return int(st.session_state.get(_REFUSALS, 0))


def held(key: str, value: object) -> str:
    """Let the widget `key` show `value` whatever it showed before, and return the key: the plan decides, not it."""
    st.session_state[key] = value
    return key


def chosen_phase(plan: Draft) -> int:
    """Return the phase that the visitor looks at, counted from 0."""
    return min(int(st.session_state.get(_PHASE, 0)), len(plan.phases) - 1)


def choose_phase(place: int) -> None:
    """Look at another phase."""
    st.session_state[_PHASE] = max(0, place)
