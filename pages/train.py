"""A run as it happens: progress, curves, blocks; and what can be taken along at the end."""

import streamlit as st

from tlcore.catalog.backbones import known
from tlcore.text import plain
from tlcore.ui.components.static import say
from tlcore.ui.estimate_view import draw_truth
from tlcore.ui.frame import INSIDE, NETWORK, START, in_frame
from tlcore.ui.heading import crumb
from tlcore.ui.live import draw_run, pace
from tlcore.ui.reading import reader
from tlcore.ui.session import dataset, run_of_this_page
from tlcore.ui.taking import take_along
from tlcore.ui.titles import plan_title

in_frame()

run = run_of_this_page()
if run is None:
    st.title("Train", anchor=False)
    unknown = "run" in st.query_params
    st.html(
        say(
            "There is no run with this address. It may have been made in another browser."
            if unknown
            else "Nothing has been trained here yet. A run shows its curves here while it learns.",
            lead="",
        )
    )
    st.page_link(NETWORK, label="Plan a run")
    st.page_link(START, label="Or train the demo")
    st.stop()

st.query_params["run"] = run.id
if known(run.config.backbone) is None:
    crumb(run.config.name, plan_title(run.config))
    st.title("Train", anchor=False)
    st.html(say("this network has no card on this machine. Search for it once on the Network page.", lead="Not shown:"))
    st.page_link(NETWORK, label=f"Search for {plain(run.config.backbone)}")
    st.stop()

history = reader(run.id).history()
every = pace(run, history)
st.fragment(draw_run, run_every=every)(run.id, every)
if every is None:
    if pictures := dataset(run.config.data):
        draw_truth(run, history, pictures.manifest)
    take_along(run)
    if history.checkpoint is not None:
        st.page_link(INSIDE, label="Look inside this run", query_params={"run": run.id})
