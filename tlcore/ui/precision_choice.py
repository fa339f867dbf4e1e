"""With which numbers a plan is computed: what was measured to be best on this machine, or what a person says."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import cast

import streamlit as st

from tlcore.config import Precision
from tlcore.ui.editing import edit, held, show_refusal
from tlcore.ui.session import draft

_TITLES: Mapping[Precision, str] = MappingProxyType(
    {
        "auto": "The fastest that is sound, measured",
        "float32": "float32",
        "tf32": "tf32 (NVIDIA only)",
        "bfloat16": "bfloat16",
    }
)


def choose_precision() -> None:
    """Draw the choice of numbers."""
    st.selectbox(
        "Numbers to compute with",
        list(_TITLES),
        format_func=_TITLES.__getitem__,
        key=held("precision", draft().precision),
        on_change=_set,
        help="Weights are kept in float32 in any case; this is about what is multiplied. bfloat16 keeps 8 binary "
        "digits of each number, which many processors multiply much faster. Measured: before the first longer run of a "
        "network, this machine tries both, and keeps bfloat16 only where it is clearly faster, and where answers and "
        "gradients differ from those of float32 no more than a change of the weights by half a percent would do.",
    )
    show_refusal("precision")


def _set() -> None:
    precision = cast(Precision, st.session_state["precision"])
    edit("precision", lambda plan: replace(plan, precision=precision))
