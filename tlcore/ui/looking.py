"""What each block makes of a picture, drawn: the picture and its answers, a strip of maps, one block in detail."""

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.catalog.weights import SCRATCH
from tlcore.errors import ThawError
from tlcore.figures.heatmaps import heatmap
from tlcore.questions import See
from tlcore.questions.seen import BlockSeen, Seen
from tlcore.text import clean
from tlcore.ui.channel_view import draw_channels, draw_over_picture
from tlcore.ui.components.heat_strip import Heat, heat_strip
from tlcore.ui.components.static import facts_table, legend, say
from tlcore.ui.picture_choice import draw_picture_card
from tlcore.ui.session import store
from tlcore.ui.subject import Picked, Subject, choose_picture
from tlcore.ui.waiting import wait_for
from tlcore.ui.words import percent

_BLOCK = "block"


def draw_answer(subject: Subject) -> None:
    """Draw the chosen picture, and what the network makes of it once the desk has answered."""
    picture = choose_picture(subject.manifest)
    question = See(network=subject.network, picture=subject.shown(picture.id))
    seen, fault = None, ""
    try:
        seen = store().asked.ask(question)
    except ThawError as error:
        fault = str(error)
    left, right = st.columns([1, 2.75])
    with left.container(key="card_picture", height="stretch"):
        draw_picture_card(subject.manifest, picture, seen.crop if seen else None, _told(subject, picture, seen))
    with right.container(key="card_strip", height="stretch"):
        if seen is None:
            st.header("What each block answers to", anchor=False)
            if fault:
                st.html(say(fault, lead="No answer:", mark="cross"))
            else:
                wait_for(question, "Sending the picture through the network, with a hook on every block.")
            return
        block = _strip(subject, seen)
    if block is None:
        return
    channels, over = st.columns([1.9, 1])
    with channels.container(key="card_channels", height="stretch"):
        channel = draw_channels(subject, question, seen, block)
    with over.container(key="card_overlay", height="stretch"):
        draw_over_picture(subject, seen, block, channel)


def _told(subject: Subject, picture: Picked, seen: Seen | None) -> list[tuple[str, str, str]]:
    """Return what is said of the picture: the likeliest answer."""
    rows = []
    if seen is not None and seen.answers:
        first = seen.answers[0]
        mark = ("check" if first.name == picture.label else "cross") if subject.checkpoint and not picture.own else ""
        rows.append(("Answer", f"{clean(first.name, 24)}, {percent(first.probability)}", mark))
    return rows


def _strip(subject: Subject, seen: Seen) -> BlockSeen | None:
    """Draw one map per block and return the chosen block; None for a network whose blocks put out no maps."""
    title, scale = st.columns([1.6, 1], vertical_alignment="center")
    title.header("What each block answers to", anchor=False)
    scale.html(legend("quiet", "strong"))
    st.caption("Mean over all channels, each block on its own scale. Choose one to look closer.")
    with_maps = [block for block in seen.blocks if block.mean is not None]
    names = [block.block for block in with_maps]
    if not names:
        st.html(say("No block of this network puts out a map.", lead=""))
        return None
    chosen = st.session_state.get(_BLOCK)
    if chosen not in names:
        chosen = names[len(names) * 2 // 3]
    heats = [_heat(subject, block) for block in with_maps]
    description = "Mean activation of every block, from the picture to the answer"
    heat_strip(key="strip", heats=heats, chosen=chosen, columns="row", on_choose=_take_block, description=description)
    lesson, answers = st.columns([1.5, 1]) if seen.answers else (st.container(), None)
    lesson.html(say(_lesson(subject, with_maps[0], with_maps[-1])))
    if answers is not None:
        rows = [(likely.name, percent(likely.probability), "") for likely in seen.answers]
        answers.caption("What it takes the picture for")
        answers.html(facts_table(rows))
    return next(block for block in with_maps if block.block == chosen)


def _lesson(subject: Subject, first: BlockSeen, last: BlockSeen) -> str:
    if subject.checkpoint is None and subject.weights == SCRATCH:
        return (
            "this network holds random numbers: no block has learned what to look for, and the maps only mix the "
            "picture's own light and dark. Look again after training."
        )
    if first.shape[1:] == last.shape[1:]:
        return (
            f"every block keeps {_squares(first)} squares. From left to right each square gathers more from all the "
            f"others: in `{first.block}` it knows little more than its own piece of the picture."
        )
    return (
        f"from left to right the picture gets coarser. `{first.block}` still has {_squares(first)} squares and "
        f"draws edges; `{last.block}` has only {_squares(last)}, and each knows what its part of the picture holds."
    )


def _heat(subject: Subject, seen: BlockSeen) -> Heat:
    assert seen.mean is not None
    block = backbone(subject.backbone).block(seen.block)
    learned = subject.learned.get(seen.block)
    return Heat(
        id=seen.block,
        image=heatmap(seen.mean.png),
        title=block.label,
        code=seen.block,
        note=_shape(seen),
        state="" if learned is None else "learned" if learned else "frozen",
    )


def _take_block(block: str) -> None:
    st.session_state[_BLOCK] = block


def _shape(seen: BlockSeen) -> str:
    return f"{seen.shape[1]} × {seen.shape[2]} · {seen.shape[0]}"


def _squares(seen: BlockSeen) -> str:
    return f"{seen.shape[1] * seen.shape[2]:,}"
