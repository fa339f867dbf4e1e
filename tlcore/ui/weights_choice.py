"""What the chosen network begins with: published weights, random numbers, or a file of the visitor's own."""

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import BackboneCard, WeightsCard
from tlcore.catalog.weights import SCRATCH, about_megabytes, is_here, weights_file
from tlcore.errands import Errand, FetchWeights, ReadWeights
from tlcore.text import plain
from tlcore.ui.gathering import begin, current_errand
from tlcore.ui.session import draft, keep_draft, store, workspace

_PUBLISHED = "published"


def weights_here() -> bool:
    """Draw what the chosen backbone begins with, and say whether that is on this machine."""
    plan, card = draft(), backbone(draft().backbone)
    published = card.published(plan.weights)
    own = {file.sha256: plain(file.name, 30) for file in store().imported.of(workspace(), card.name)}
    names = {_PUBLISHED: "Published weights", SCRATCH: "Random numbers", **own}
    with st.container(key="card_weights"):
        begins, variants, own_file = st.columns([1.35, 2, 0.85], vertical_alignment="bottom")
        begins.segmented_control(
            "The network begins with",
            list(names),
            default=plan.weights if plan.weights in names else _PUBLISHED,
            format_func=names.__getitem__,
            key=f"weights_{card.name}_{plan.weights}",
            required=True,
            on_change=_begin_with,
            args=(f"weights_{card.name}_{plan.weights}", card),
        )
        with own_file, st.popover("A file of your own", width="stretch"):
            _offer_import(card)
        if published is not None:
            with variants:
                _choose_variant(card, published)
            st.caption(_about(published))
            if weights_file(published) is None:
                _offer_download(card, published)
        elif plan.weights == SCRATCH:
            st.caption("From scratch: it knows nothing yet, and needs far more pictures and time.")
        current_errand((ReadWeights,), "Checking the weights", _imported)
    return is_here(card, plan.weights)


def _choose_variant(card: BackboneCard, published: WeightsCard) -> None:
    """Draw the choice among several published sets."""
    if len(card.weights) > 1:
        key = f"variant_{card.name}_{published.name}"
        names = [weights.name for weights in card.weights]
        lines = {weights.name: _line(weights) for weights in card.weights}
        st.selectbox(
            "Which of them",
            names,
            index=names.index(published.name),
            format_func=lines.__getitem__,
            key=key,
            on_change=_take_variant,
            args=(key,),
        )


def _about(published: WeightsCard) -> str:
    """Return what the library says of the chosen weights."""
    steps = published.preprocessing
    accuracy = f"{published.accuracy:.1f} % right on ImageNet" if published.accuracy is not None else ""
    told = [
        f"Learned from {published.title}",
        accuracy,
        f"made for {steps.crop} pixels",
        f"licence: {plain(published.licence, 80) or 'not stated by the library'}",
    ]
    return " · ".join(filter(None, told))


def _line(weights: WeightsCard) -> str:
    """Return one published set in a line of the list."""
    accuracy = f"{weights.accuracy:.1f} %" if weights.accuracy is not None else ""
    here = "ready offline" if weights_file(weights) is not None else ""
    return " · ".join(filter(None, (weights.title, weights.published_as, accuracy, here)))


def _begin_with(key: str, card: BackboneCard) -> None:
    chosen = st.session_state[key]
    keep_draft(draft().beginning_with(card.weights[0].name if chosen == _PUBLISHED else chosen))


def _take_variant(key: str) -> None:
    keep_draft(draft().beginning_with(st.session_state[key]))


def _offer_download(card: BackboneCard, published: WeightsCard) -> None:
    words, button = st.columns([2.2, 1], vertical_alignment="center")
    about = "" if published.megabytes else "about "
    words.markdown(
        f"These weights of {card.title} are not on this machine: a download of "
        f"{about}{about_megabytes(card, published):.0f} MB, which goes on where it stopped if it breaks off. "
        "Without internet, bring them in a folder: `weights pack` where there is some, `weights unpack` here."
    )
    with button.container(horizontal=True, horizontal_alignment="right"):
        asked = FetchWeights(backbone=card.name, weights=published.name)
        st.button("Download them", key="fetch_weights", on_click=begin, args=(asked,))
    current_errand((FetchWeights,), "Downloading weights", lambda _errand, _file: None)


def _offer_import(card: BackboneCard) -> None:
    st.caption(f"A state dict of {card.title}, .safetensors or .pth. The last block is made new for your classes.")
    sent = st.file_uploader("Weights file", type=["safetensors", "pth", "pt"], key=f"own_{card.name}")
    if sent is not None and st.button("Check and take it", key="take_weights"):
        begin(ReadWeights(upload=store().intake.receive(sent.name, sent), backbone=card.name))
        st.rerun()


def _imported(errand: Errand, sha256: str) -> None:
    if isinstance(errand, ReadWeights) and errand.backbone == draft().backbone:
        keep_draft(draft().beginning_with(sha256))
