"""The feature pyramid: the stages of a network over one picture, side by side, from fine squares to coarse ones."""

from itertools import pairwise

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.catalog.stages import PYRAMID, Stage, stages
from tlcore.errors import ThawError
from tlcore.figures.heatmaps import PNG, brightest, heatmap
from tlcore.questions import See
from tlcore.questions.seen import BlockSeen, Seen
from tlcore.text import count
from tlcore.ui.components.stage_row import StageTile, stage_row
from tlcore.ui.components.static import legend, say
from tlcore.ui.features_view import draw_features
from tlcore.ui.picture_choice import draw_picture_choice
from tlcore.ui.session import store
from tlcore.ui.subject import Subject, choose_picture
from tlcore.ui.waiting import wait_for


def draw_pyramid(subject: Subject) -> None:
    """Draw the stages of the network over the chosen picture, and the features that can be taken along."""
    with st.container(key="card_pyramid"):
        title, scale = st.columns([1.6, 1], vertical_alignment="center")
        title.header("Feature pyramid", anchor=False)
        scale.html(legend("quiet", "strong"))
        _draw_stages(subject)
    draw_features(subject)


def _draw_stages(subject: Subject) -> None:
    picture = choose_picture(subject.manifest)
    question = See(network=subject.network, picture=subject.shown(picture.id))
    st.caption(
        "The last block of each stage, laid over the picture. Each square is as large as the part of the picture that "
        "it stands for; its colour is the mean over all channels, each stage on its own scale."
    )
    try:
        seen = store().asked.ask(question)
    except ThawError as error:
        st.html(say(str(error), lead="No answer:", mark="cross"))
    else:
        if seen is None:
            wait_for(question, "Sending the picture through the network, with a hook on every block: a second or two.")
        else:
            strength = st.slider("How strongly the maps cover the picture", 0, 100, 60, 10, "%d %%", key="strength")
            _pyramid(subject, seen, strength / 100)
    draw_picture_choice(subject.manifest, picture)


def _pyramid(subject: Subject, seen: Seen, strength: float) -> None:
    card = backbone(subject.backbone)
    maps = {block.block: block for block in seen.blocks if block.mean is not None}
    found = [(stage, maps[stage.block.name]) for stage in stages(card) if stage.block.name in maps]
    if not found:
        st.html(say(f"{card.title} has no stage whose squares are {PYRAMID[0]} pixels or more apart.", lead=""))
        return
    coarsest = found[-1][1]
    assert coarsest.mean is not None
    row, column = brightest(coarsest.mean.png)
    _, rows, columns = coarsest.shape
    point = (row + 0.5) / rows, (column + 0.5) / columns
    tiles = [_tile(stage, block, point) for stage, block in found]
    st.html(stage_row(PNG + seen.crop, tiles, strength))
    st.html(say(_sentence([stage for stage, _ in found], card.title)))


def _tile(stage: Stage, seen: BlockSeen, point: tuple[float, float]) -> StageTile:
    """Return a stage in which the square is framed that holds a point, given as shares of the height and width."""
    assert seen.mean is not None
    channels, rows, columns = seen.shape
    return StageTile(
        heat=heatmap(seen.mean.png),
        grid=(rows, columns),
        cell=(int(point[0] * rows), int(point[1] * columns)),
        title=f"Stride {stage.stride}",
        code=stage.block.name,
        notes=(f"{rows} × {columns} squares", count(channels, "channel"), f"a square every {stage.stride} pixels"),
    )


def _sentence(found: list[Stage], title: str) -> str:
    """Return what is to be seen, for a network with these stages."""
    if len(found) == 1:
        stride = found[0].stride
        return (
            f"{title} has one stride only. It cuts the picture into patches of {stride} × {stride} pixels and keeps "
            "their number up to the last block, so that there is no pyramid to build on."
        )
    lacking = [str(stride) for stride in PYRAMID if stride not in {stage.stride for stage in found}]
    halved = all(after.stride == 2 * before.stride for before, after in pairwise(found))
    fewer = "half as many squares in a row" if halved else "fewer squares in a row"
    return (
        "the frame marks the same place in every stage: where the coarsest one answers most. From left to right there "
        f"are {fewer}: less is known of where a thing is, and more of what it is. A feature pyramid (Lin et al. 2017) "
        "leads the coarse stages back to the fine ones, so that small things are found as well as large ones."
        + (f" {title} has no stage of stride {' or '.join(lacking)}." if lacking else "")
    )
