"""A sentence that stands on a page until the desk has answered."""

import time

import streamlit as st

from tlcore.errors import ThawError
from tlcore.questions import AnswerKind, Asks
from tlcore.ui.components.static import say
from tlcore.ui.session import store

_EVERY = 0.3
"""Seconds between looks whether the answer is there."""


def wait_for(question: Asks[AnswerKind], words: str, lead: str = "", begin: float = 0.0) -> None:
    """Say what the desk does meanwhile; its answer, or why it has none, draws the page anew.

    It is asked at the moment `begin` of the monotonic clock, in seconds, and not before.
    """
    st.fragment(_look, run_every=_EVERY)(question, words, lead, begin)


def _look(question: Asks[AnswerKind], words: str, lead: str, begin: float) -> None:
    try:
        if time.monotonic() >= begin and store().asked.ask(question) is not None:
            st.rerun()
    except ThawError:
        st.rerun()
    st.html(say(words, lead=lead))
