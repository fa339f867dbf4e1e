"""Samples that come with the installation."""

import streamlit as st

from tlcore.errands import MakeSample
from tlcore.store.reading import SAMPLES
from tlcore.ui.gathering import begin
from tlcore.ui.session import draft

_ABOUT = {
    "digits": "600 pictures of 10 digits, far from photographs. Ready offline.",
    "shapes": "240 drawings of 8 kinds, made on this machine. Ready offline.",
}


def bring_samples() -> None:
    """Draw the samples, each with a button that takes it."""
    for column, (sample, (title, _)) in zip(st.columns(len(SAMPLES)), SAMPLES.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            st.caption(_ABOUT[sample])
            errand = MakeSample(sample=sample, seed=draft().seed)
            st.button("Take it", key=f"sample_{sample}", on_click=begin, args=(errand,))
