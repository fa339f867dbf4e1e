"""Samples that come with the installation."""

import streamlit as st

from tlcore.errands import MakeSample
from tlcore.ui.gathering import begin
from tlcore.ui.session import draft

_SAMPLES = (
    ("Handwritten digits", "600 pictures of 10 digits, far from photographs. Ready offline.", "digits"),
    ("Shapes and patterns", "240 drawings of 8 kinds, made on this machine. Ready offline.", "shapes"),
)


def bring_samples() -> None:
    """Draw the samples, each with a button that takes it."""
    for column, (name, about, sample) in zip(st.columns(len(_SAMPLES)), _SAMPLES, strict=True):
        with column:
            st.markdown(f"**{name}**")
            st.caption(about)
            errand = MakeSample(sample=sample, seed=draft().seed)
            st.button("Take it", key=f"sample_{sample}", on_click=begin, args=(errand,))
