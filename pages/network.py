"""Choose a network, freeze and thaw its blocks, see the plan, and start."""

import streamlit as st

from tlcore.errors import ThawError
from tlcore.text import count
from tlcore.ui.adviser import draw_adviser
from tlcore.ui.block_editor import edit_blocks
from tlcore.ui.components.static import say
from tlcore.ui.editing import chosen_phase
from tlcore.ui.estimate_view import draw_estimate
from tlcore.ui.frame import PICTURES, in_frame
from tlcore.ui.heading import crumb
from tlcore.ui.kept_view import draw_kept
from tlcore.ui.launching import launch, renew
from tlcore.ui.network_choice import choose_network
from tlcore.ui.phase_editor import edit_phases
from tlcore.ui.plan_file import plan_file
from tlcore.ui.plan_view import draw_listing, draw_plan, settings
from tlcore.ui.rate_finder import find_rate
from tlcore.ui.session import chosen, draft
from tlcore.ui.weights_choice import weights_here

in_frame()

manifest = chosen()
if manifest is None:
    st.title("Network", anchor=False)
    st.html(
        say(
            "choose the pictures first: the network's last block depends on how many classes they have.",
            lead="To begin,",
        )
    )
    st.page_link(PICTURES, label="Choose pictures")
    st.stop()

crumb(
    manifest.name,
    count(len(manifest.classes), "class", "classes"),
    f"{count(len(manifest.of('train')), 'picture')} to learn from, {len(manifest.of('val'))} to check with",
)
renew()
title, start = st.columns([1.6, 1], vertical_alignment="bottom")
title.title("Network", anchor=False)

choose_network()
ready = weights_here()
edit_blocks(manifest)
edit_phases()
settings()
advice, plan = st.columns([1, 1.5], gap="medium")
with advice:
    draw_adviser(manifest)
with plan:
    draw_plan(manifest)
    draw_estimate(draft().config(manifest.name), manifest)
    draw_kept()
find_rate(manifest, chosen_phase(draft()))
plan_file()
draw_listing(manifest)

with start.container(horizontal=True, horizontal_alignment="right"):
    try:
        config = draft().config(manifest.name)
    except ThawError as error:
        st.html(say(str(error), lead="Not yet:", mark="cross"))
    else:
        st.button(
            "Start training",
            type="primary",
            key="start",
            disabled=not ready,
            help=None if ready else "Its weights are not on this machine: download them, or choose random numbers.",
            on_click=launch,
            args=(config,),
        )
