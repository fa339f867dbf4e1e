"""Where in a network the answer appears: how well each block tells the classes of a set apart, as a curve."""

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.emergence import emergence_told
from tlcore.figures.depth import depth
from tlcore.questions import Charted
from tlcore.ui.components.live_chart import live_chart
from tlcore.ui.components.static import say
from tlcore.ui.subject import Subject

_HEIGHT = 380
_WHY = (
    "The first blocks see edges, strokes and colours, the last ones whole things. **Handwritten digits** differ in "
    "strokes: with EfficientNet-Lite0 as it came, blocks in the middle tell them apart best, and the last one, which "
    "was made for photographs, tells less. **Ants and bees** differ in bodies and wings, whatever lies around them: "
    "there the last blocks tell most."
)


def draw_depth(subject: Subject, charted: Charted) -> None:
    """Draw how well each block tells the classes apart, and say where the answer appears."""
    st.header("Where in the network does the answer appear?", anchor=False)
    st.caption(
        f"A linear probe for each block: a straight cut through its features, learned from {charted.learned_from:,} "
        f"training pictures and judged on {charted.judged_on:,} validation pictures. The bars are the play of chance, "
        "95 %."
    )
    card = backbone(subject.backbone)
    if charted.judged_on:
        live_chart(
            key="depth",
            figure=depth(charted, [card.block(block.block).label for block in charted.blocks]),
            revision=subject.key,
            height=_HEIGHT,
            description="Share of validation pictures that a linear probe on each block gets right",
        )
    st.html(say(emergence_told(charted)))
    with st.expander("Why sets differ"):
        st.markdown(_WHY)
