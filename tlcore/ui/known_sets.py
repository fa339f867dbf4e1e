"""Sets that are known: samples that come with the installation, and public ones that can be downloaded."""

import streamlit as st

from tlcore.data.downloads import PUBLIC_SETS
from tlcore.errands import FetchSet, MakeSample
from tlcore.ui.gathering import begin
from tlcore.ui.session import draft


def bring_samples() -> None:
    """Draw the samples and the public sets, each with a button that takes it."""
    columns = st.columns(3)
    samples = (
        ("Handwritten digits", "600 pictures of 10 digits, far from photographs. Ready offline.", "digits"),
        ("Shapes and patterns", "240 drawings of 8 kinds, made on this machine. Ready offline.", "shapes"),
    )
    for column, (name, about, sample) in zip(columns, samples, strict=False):
        with column:
            st.markdown(f"**{name}**")
            st.caption(about)
            st.button(
                "Take it", key=f"sample_{sample}", on_click=begin, args=(MakeSample(sample=sample, seed=draft().seed),)
            )
    with columns[2]:
        (ants,) = PUBLIC_SETS
        st.markdown(f"**{ants.title}**")
        st.caption(f"{ants.about} {ants.origin} Downloads about {ants.download_bytes / 1e6:.0f} MB.")
        fetch = FetchSet(public_set=ants.key, seed=draft().seed)
        st.button("Download", key=f"fetch_{ants.key}", on_click=begin, args=(fetch,))
