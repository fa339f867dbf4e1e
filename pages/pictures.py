"""Pictures in: a folder, a zip, samples or a public set; and what came in, class by class."""

import streamlit as st

from tlcore.data.downloads import PUBLIC_SETS
from tlcore.errands import FetchSet, MakeSample
from tlcore.ui.checks_view import draw_checks, warn_of_findings
from tlcore.ui.components.static import say
from tlcore.ui.frame import NETWORK, in_frame
from tlcore.ui.gathering import begin, current_pictures
from tlcore.ui.heading import crumb
from tlcore.ui.ledger_view import draw_ledger
from tlcore.ui.session import chosen, draft
from tlcore.ui.set_view import draw_classes, draw_left_out, draw_numbers, own_sets
from tlcore.ui.split_view import draw_split
from tlcore.ui.uploading import drop_folder

in_frame()

manifest = chosen()
crumb("Pictures stay on this machine; your originals are never changed")
title, onward = st.columns([1.6, 1], vertical_alignment="bottom")
title.title("Pictures", anchor=False)
if manifest is not None:
    with onward.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Choose a network", type="primary", key="onward"):
            st.switch_page(NETWORK)

current_pictures()

if manifest is not None:
    draw_numbers(manifest)
    views = {
        "Classes": draw_classes,
        "Checks": draw_checks,
        "Split": draw_split,
        "Changes": draw_ledger,
        "Left out": draw_left_out,
    }
    with st.container(key="card_views"):
        view = st.segmented_control(
            "View", list(views), default="Classes", required=True, key="view", label_visibility="collapsed"
        )
        if view != "Checks":
            warn_of_findings(manifest)
        views[view](manifest)

with st.container(key="card_bring"):
    st.header("Bring your own" if manifest is None else "Bring other pictures", anchor=False)
    st.caption("One folder per class, with or without train and val; or a zip of that. Everything else is sorted out.")
    drop_folder()

with st.container(key="card_samples"):
    st.header("Or begin with a set that is known", anchor=False)
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

if manifest is None:
    st.html(say("A set needs at least two classes, and at least two pictures in each.", lead="To know:"))
own_sets()
