"""The gallery of backbones, and where their weights come from."""

import streamlit as st

from tlcore.catalog.backbones import BACKBONES, backbone
from tlcore.catalog.cards import BackboneCard
from tlcore.catalog.weights import IMAGENET, IMAGENET_CLASSES, SCRATCH, weights_file
from tlcore.errands import Errand, FetchWeights, ReadWeights
from tlcore.text import plain
from tlcore.ui.components.gallery import BackboneTile, gallery
from tlcore.ui.components.static import say
from tlcore.ui.gathering import begin, current_errand
from tlcore.ui.session import draft, keep_draft, store, workspace


def choose_network() -> None:
    """Draw the gallery; a click takes the backbone into the plan."""
    tiles = [_tile(card) for card in BACKBONES.values()]
    gallery(key="gallery", cards=tiles, chosen=draft().backbone, on_choose=_take)


def weights_here() -> bool:
    """Draw what the chosen backbone begins with, and say whether that is on this machine."""
    plan, card = draft(), backbone(draft().backbone)
    here = weights_file(card.weights[0]) is not None
    own = store().imported.of(workspace(), card.name)
    names = {IMAGENET: "ImageNet", SCRATCH: "Random numbers"} | {file.sha256: plain(file.name, 30) for file in own}
    with st.container(key="card_weights"):
        st.segmented_control(
            "The network begins with",
            list(names),
            default=plan.weights if plan.weights in names else IMAGENET,
            format_func=names.__getitem__,
            key=f"weights_{card.name}_{plan.weights}",
            required=True,
            on_change=_begin_with,
            args=(f"weights_{card.name}_{plan.weights}",),
        )
        if plan.weights == IMAGENET and not here:
            _offer_download(card)
        elif plan.weights == SCRATCH:
            st.html(
                say(
                    "from scratch: the network knows nothing yet and needs far more pictures and time.", lead="To know:"
                )
            )
        _offer_import(card)
    return here if plan.weights == IMAGENET else True


def _tile(card: BackboneCard) -> BackboneTile:
    here = weights_file(card.weights[0]) is not None
    parameters = card.values(IMAGENET_CLASSES)
    accuracy = card.weights[0].accuracy
    return BackboneTile(
        id=card.name,
        title=card.title,
        ready=here,
        status=f"{'Ready offline' if here else 'Download'}, {card.weights[0].megabytes:.0f} MB",
        facts=(
            ("Parameters", f"{parameters / 1e6:.1f} M"),
            ("GFLOPs", f"{card.multiply_adds / 1e9:.1f}"),
            ("ImageNet", f"{accuracy:.1f} %" if accuracy is not None else "–"),
            ("Blocks", f"{len(card.blocks)}"),
        ),
    )


def _take(name: str) -> None:
    keep_draft(draft().on(name))


def _begin_with(key: str) -> None:
    keep_draft(draft().beginning_with(st.session_state[key]))


def _offer_download(card: BackboneCard) -> None:
    words, button = st.columns([2.2, 1], vertical_alignment="center")
    ready = ", ".join(other.title for other in BACKBONES.values() if weights_file(other.weights[0]))
    words.markdown(
        f"The ImageNet weights of {card.title} are not here: a download of {card.weights[0].megabytes:.0f} MB. "
        f"Ready offline: {ready}."
    )
    with button.container(horizontal=True, horizontal_alignment="right"):
        st.button(
            "Download them",
            key="fetch_weights",
            on_click=begin,
            args=(FetchWeights(backbone=card.name, weights=IMAGENET),),
        )
    current_errand((FetchWeights,), "Downloading weights", lambda _errand, _file: None)


def _offer_import(card: BackboneCard) -> None:
    current_errand((ReadWeights,), "Checking the weights", _imported)
    with st.expander(f"Use a weights file of your own for {card.title}"):
        st.caption(
            "A state dict of this architecture, .safetensors or .pth. The last block is made new for your classes."
        )
        sent = st.file_uploader("Weights file", type=["safetensors", "pth", "pt"], key=f"own_{card.name}")
        if sent is not None and st.button("Check and take it", key="take_weights"):
            begin(ReadWeights(upload=store().intake.receive(sent.name, sent), backbone=card.name))
            st.rerun()


def _imported(errand: Errand, sha256: str) -> None:
    if isinstance(errand, ReadWeights) and errand.backbone == draft().backbone:
        keep_draft(draft().beginning_with(sha256))
