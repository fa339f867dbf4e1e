"""Pictures in: what came in, class by class, and all the ways to bring more."""

import streamlit as st

from tlcore.ui.components.static import say
from tlcore.ui.frame import NETWORK, in_frame
from tlcore.ui.gathering import current_pictures
from tlcore.ui.heading import crumb
from tlcore.ui.known_sets import bring_samples
from tlcore.ui.session import chosen
from tlcore.ui.set_view import draw_classes, draw_left_out, draw_numbers, own_sets
from tlcore.ui.uploading import bring_files, bring_recordings

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

ways = {
    "Folder or files": bring_files,
    "Webcam": bring_recordings,
    "Public sets and samples": bring_samples,
}
with st.container(key="card_ways"):
    st.header("Bring pictures in" if manifest is None else "Bring more pictures in", anchor=False)
    way = st.segmented_control(
        "Way in", list(ways), default="Folder or files", required=True, key="way", label_visibility="collapsed"
    )
    ways[way]()

if manifest is None:
    st.html(say("A set needs at least two classes, and at least two pictures in each.", lead="To know:"))
own_sets()
