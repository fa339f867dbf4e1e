"""Pictures in: what came in, from every side; and the ways in."""

import streamlit as st

from tlcore.ui.checks_view import draw_checks, grave_findings, warn_of_findings
from tlcore.ui.classes_view import draw_classes
from tlcore.ui.components.static import say
from tlcore.ui.crop_view import draw_crop
from tlcore.ui.frame import NETWORK, in_frame
from tlcore.ui.gathering import current_pictures
from tlcore.ui.heading import crumb
from tlcore.ui.ledger_view import draw_ledger
from tlcore.ui.mosaic_view import draw_mosaic
from tlcore.ui.own_sets import draw_own_sets
from tlcore.ui.public_sets import draw_public_sets
from tlcore.ui.reading_choice import draw_reading, draw_unsettled
from tlcore.ui.samples import bring_samples
from tlcore.ui.server_folders import draw_server_folders
from tlcore.ui.session import chosen, chosen_album, damage_of
from tlcore.ui.set_view import draw_left_out, draw_numbers
from tlcore.ui.sizes_view import draw_sizes
from tlcore.ui.space_view import draw_space
from tlcore.ui.split_view import draw_split
from tlcore.ui.uploading import bring_files, bring_recordings

in_frame()

manifest, album = chosen(), chosen_album()
crumb("Pictures stay on this machine; your originals are never changed")
title, onward = st.columns([1.6, 1], vertical_alignment="bottom")
title.title("Pictures", anchor=False)
if manifest is not None:
    with onward.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Choose a network", type="primary", key="onward"):
            st.switch_page(NETWORK)

current_pictures()

if album is not None and (fault := damage_of(album)):
    st.html(say(fault, lead="Nothing can be decided about this set any more:", mark="cross"))
elif manifest is not None:
    draw_numbers(manifest, album)
    if album is not None:
        draw_reading(album)
    views = {
        "Classes": draw_classes,
        "Checks": draw_checks,
        "Split": draw_split,
        "Changes": draw_ledger,
        "Left out": draw_left_out,
        "Sizes": draw_sizes,
        "Mosaic": draw_mosaic,
        "What the network gets": draw_crop,
    }
    with st.container(key="card_views"):
        grave = grave_findings(manifest)
        view = st.segmented_control(
            "View",
            list(views),
            default="Classes",
            required=True,
            format_func=lambda name: f"{name} ({grave})" if name == "Checks" and grave else name,
            key="view",
            label_visibility="collapsed",
        )
        if view == "Classes":
            warn_of_findings(grave)
        views[view](manifest)
elif album is not None:
    draw_unsettled(album)

ways = {
    "Folder or files": bring_files,
    "Webcam": bring_recordings,
    "On this machine": draw_server_folders,
    "Samples": bring_samples,
    "Public sets": draw_public_sets,
}
with st.container(key="card_ways"):
    st.header("Bring pictures in" if album is None else "Bring more pictures in", anchor=False)
    way = st.segmented_control(
        "Way in", list(ways), default="Folder or files", required=True, key="way", label_visibility="collapsed"
    )
    ways[way]()
    draw_space()

if manifest is None:
    st.html(say("A set needs at least two classes. Five pictures of each are few, fifty are good.", lead="To know:"))
draw_own_sets()
