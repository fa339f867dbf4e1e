"""Pictures in: a folder, a zip, samples or a public set; and what came in, class by class."""

import streamlit as st

from tlcore.errands import MakeSample
from tlcore.ui.components.static import say
from tlcore.ui.frame import NETWORK, in_frame
from tlcore.ui.gathering import begin, current_pictures
from tlcore.ui.heading import crumb
from tlcore.ui.own_sets import draw_own_sets
from tlcore.ui.public_sets import draw_public_sets
from tlcore.ui.server_folders import draw_server_folders
from tlcore.ui.session import chosen, draft
from tlcore.ui.set_view import draw_classes, draw_left_out, draw_numbers
from tlcore.ui.space_view import draw_space
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
    views = {"Classes": draw_classes, "Left out": draw_left_out}
    with st.container(key="card_views"):
        view = st.segmented_control(
            "View", list(views), default="Classes", required=True, key="view", label_visibility="collapsed"
        )
        views[view](manifest)

with st.container(key="card_bring"):
    st.header("Bring your own" if manifest is None else "Bring other pictures", anchor=False)
    st.caption("One folder per class, with or without train and val; or a zip of that. Everything else is sorted out.")
    drop_folder()
    draw_space()

with st.container(key="card_samples"):
    st.header("Or begin with a set that is known", anchor=False)
    columns = st.columns(2)
    samples = (
        ("Handwritten digits", "600 pictures of 10 digits, far from photographs. Ready offline.", "digits"),
        ("Shapes and patterns", "240 drawings of 8 kinds, made on this machine. Ready offline.", "shapes"),
    )
    for column, (name, about, sample) in zip(columns, samples, strict=True):
        with column:
            st.markdown(f"**{name}**")
            st.caption(about)
            st.button(
                "Take it", key=f"sample_{sample}", on_click=begin, args=(MakeSample(sample=sample, seed=draft().seed),)
            )

draw_public_sets()
draw_server_folders()

if manifest is None:
    st.html(say("A set needs at least two classes, and at least two pictures in each.", lead="To know:"))
draw_own_sets()
