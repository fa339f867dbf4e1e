"""Starts runs: from the plan that the visitor made, or the demo."""

import secrets
from dataclasses import replace

import streamlit as st

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.catalog.weights import IMAGENET
from tlcore.config import Loader, Phase, RunConfig
from tlcore.data.collect import look_here
from tlcore.store.albums import Album
from tlcore.store.reading import SAMPLES, Reader
from tlcore.strategies import fill
from tlcore.ui.frame import TRAIN
from tlcore.ui.session import draft, keep_draft, store, workspace

_SAMPLE = "digits"
_EPOCHS = (3, 5)
"""With the head alone, then with the later blocks thawed."""
_SIZE = 112
"""Pixels: the digits have 8, and a small picture is quick to learn."""
_NONCE = "nonce"


def launch(config: RunConfig) -> None:
    """File a run and show it; a double click carries the same nonce, so it is one run."""
    nonce = str(st.session_state.setdefault(_NONCE, secrets.token_hex(16)))
    run = store().runs.submit(config, workspace(), nonce)
    st.switch_page(TRAIN, query_params={"run": run.id})


def renew() -> None:
    """Let the next start be another run; called when a page with a start button is drawn anew."""
    st.session_state[_NONCE] = secrets.token_hex(16)


def launch_demo() -> None:
    """Start the demo on the sample of handwritten digits."""
    mine = store().albums.adopt(demo_sample(), workspace())
    assert mine.digest is not None
    if draft().data is None:
        keep_draft(replace(draft(), album=mine.id, data=mine.digest))
    launch(demo_config(mine.digest))


def demo_config(data: str) -> RunConfig:
    """Return the demo: pictures far from what the network knows; the head alone first, then the later blocks too."""
    alone, together = fill("gradual", backbone(DEFAULT).block_names, 3)[:2]
    return RunConfig(
        name=SAMPLES[_SAMPLE][0],
        data=data,
        backbone=DEFAULT,
        weights=IMAGENET,
        strategy="gradual",
        schedule=(Phase(epochs=_EPOCHS[0], rates=alone.rates), Phase(epochs=_EPOCHS[1], rates=together.rates)),
        loader=Loader(image_size=_SIZE),
    )


@st.cache_resource(show_spinner=False)
def demo_sample() -> Album:
    """Read the sample, once per process; it takes about a second, so the Start page does it before the click."""
    reader = Reader(store(), store().command_line_workspace(), 0, lambda _done, _total: None, look_here)
    return reader.sample(_SAMPLE)
