"""The first page: one button that trains, the ways on, and what was trained before."""

import streamlit as st

from tlcore.catalog.backbones import BACKBONES
from tlcore.text import plain
from tlcore.ui.components.hero import hero
from tlcore.ui.components.live_chart import live_chart
from tlcore.ui.components.static import chip
from tlcore.ui.frame import INSIDE, NETWORK, PICTURES, TRAIN, in_frame, worker_ready
from tlcore.ui.launching import demo_sample, launch_demo, renew
from tlcore.ui.overview import recent_runs
from tlcore.ui.session import chosen, readable, store

in_frame()

renew()
words, drawing = st.columns([1.08, 1], gap="large", vertical_alignment="center")
with words:
    st.html(
        "<h1 class='thaw-headline'>Watch a network learn your pictures.</h1>"
        "<p class='thaw-lead'>Thaw takes a network that already knows a million pictures and teaches it yours, "
        "one block at a time, where you can see it.</p>"
    )
    with st.container(horizontal=True, vertical_alignment="center", key="big_start"):
        st.button("Train a demo now", type="primary", key="demo", on_click=launch_demo)
        st.html(chip("plain", "Ready to train" if worker_ready() else "Getting ready …", mark="processor"))
    st.caption(
        "The network and the sample pictures came with the installation: "
        "no internet is needed, and nothing leaves this machine."
    )
drawing.html(hero())

newest = store().runs.recent(readable(), 1)
manifest = chosen()
ways = [
    ("Bring your pictures", "A folder or a zip, one folder per class", PICTURES, {}),
    (
        "Choose and freeze a network",
        plain(manifest.name) if manifest else f"{len(BACKBONES)} networks, block by block",
        NETWORK,
        {},
    ),
    ("Look inside", "What each block makes of a picture", INSIDE, {}),
]
if newest:
    ways[2] = ("Open the last run", plain(newest[0].config.name), TRAIN, {"run": newest[0].id})
for number, (column, (title, line, page, query)) in enumerate(zip(st.columns(3), ways, strict=True)):
    with column.container(key=f"card_way_{number}"):
        st.page_link(page, label=f"**{title}**", query_params=query, icon_position="right")
        st.caption(line)

if newest:
    recent_runs(most=6)

# After everything is drawn, so that nobody waits for it: the script that draws charts, and the demo's pictures.
live_chart(key="charts_ahead", figure={}, revision="", height=1, description="Charts are made ready")
demo_sample()
