"""The answer to what each block makes of a picture, drawn: a strip of maps, one block's channels, an overlay."""

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.data.manifest import Example
from tlcore.errors import ThawError
from tlcore.figures.heatmaps import heatmap
from tlcore.questions import See
from tlcore.questions.seen import BlockSeen, Seen
from tlcore.text import clean
from tlcore.ui.components.heat_strip import Heat, heat_strip
from tlcore.ui.components.overlay import overlay
from tlcore.ui.components.picture_wall import Thumb, picture_wall
from tlcore.ui.components.static import facts_table, legend, numbers, say
from tlcore.ui.session import store
from tlcore.ui.subject import Subject, choose_picture, offered_pictures, take_picture
from tlcore.ui.thumbnails import thumbnail
from tlcore.ui.waiting import wait_for
from tlcore.ui.words import percent

_BLOCK = "block"
_PNG = "data:image/png;base64,"


def draw_answer(subject: Subject) -> None:
    """Draw the chosen picture, and what the network makes of it once the desk has answered."""
    picture = choose_picture(subject.manifest)
    question = See(network=subject.network, picture=subject.shown(picture.id))
    try:
        seen = store().asked.ask(question)
    except ThawError as error:
        st.html(say(str(error), lead="No answer:", mark="cross"))
        return
    left, right = st.columns([1, 2.75])
    with left.container(key="card_picture", height="stretch"):
        _picture(subject, picture, seen)
    with right.container(key="card_strip", height="stretch"):
        if seen is None:
            st.header("What each block answers to", anchor=False)
            wait_for(question, "Sending the picture through the network, with a hook on every block: a second or two.")
            return
        block = _strip(subject, seen)
    channels, over = st.columns([1.9, 1])
    with channels.container(key="card_channels", height="stretch"):
        _channels(subject, block)
    with over.container(key="card_overlay", height="stretch"):
        _overlay(seen, block)


def _picture(subject: Subject, picture: Example, seen: Seen | None) -> None:
    st.header("Picture", anchor=False)
    st.image(_PNG + seen.crop if seen else thumbnail(picture.id), width="stretch")
    label = subject.manifest.classes[picture.label]
    st.html(facts_table(_told(label, subject, seen)))
    thumbs = [Thumb(id=example.id, image=thumbnail(example.id)) for example in offered_pictures(subject.manifest)]
    picture_wall(key="wall", thumbs=thumbs, chosen=picture.id, on_choose=take_picture, size=44)


def _told(label: str, subject: Subject, seen: Seen | None) -> list[tuple[str, str, str]]:
    """Return what is said of the picture: its label and the likeliest answers."""
    rows = [("Labelled", label, "")]
    if seen is not None and seen.answers:
        first = seen.answers[0]
        mark = ("check" if first.name == label else "cross") if subject.checkpoint else ""
        rows.append(("Answer", f"{clean(first.name, 24)}, {percent(first.probability)}", mark))
        rows += [("then", f"{clean(other.name, 24)}, {percent(other.probability)}", "") for other in seen.answers[1:2]]
    return rows


def _strip(subject: Subject, seen: Seen) -> BlockSeen:
    """Draw one map per block and return the chosen block."""
    title, scale = st.columns([1.6, 1], vertical_alignment="center")
    title.header("What each block answers to", anchor=False)
    scale.html(legend("quiet", "strong"))
    st.caption("Mean over all channels, each block on its own scale. Choose one to look closer.")
    with_maps = [block for block in seen.blocks if block.mean is not None]
    names = [block.block for block in with_maps]
    chosen = st.session_state.get(_BLOCK)
    if chosen not in names:
        chosen = names[len(names) * 2 // 3]
    heats = [_heat(subject, block) for block in with_maps]
    description = "Mean activation of every block, from the picture to the answer"
    heat_strip(key="strip", heats=heats, chosen=chosen, columns="row", on_choose=_take_block, description=description)
    first, last = with_maps[0], with_maps[-1]
    st.html(
        say(
            f"from left to right the picture gets coarser. `{first.block}` still has {_squares(first)} squares and "
            f"draws edges; `{last.block}` has only {_squares(last)}, and each knows what its part of the picture holds."
        )
    )
    return next(block for block in with_maps if block.block == chosen)


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


def _channels(subject: Subject, seen: BlockSeen) -> None:
    label = backbone(subject.backbone).block(seen.block).label
    st.header(f"{label}: `{seen.block}`", anchor=False)
    st.caption(
        f"The {len(seen.strongest)} of {seen.shape[0]:,} channels that answer most to this picture. "
        "The number is the channel."
    )
    heats = [
        Heat(id=str(channel.number), image=heatmap(channel.map.png), title=str(channel.number))
        for channel in seen.strongest
    ]
    description = f"Strongest channels of {seen.block}"
    heat_strip(key="channels", heats=heats, chosen=None, columns="grid", on_choose=None, description=description)
    grid = f"{seen.shape[1]} × {seen.shape[2]}"
    st.html(numbers([(grid, "squares per channel", ""), (f"{seen.shape[0]:,}", "channels", "")]))


def _overlay(seen: Seen, block: BlockSeen) -> None:
    assert block.mean is not None
    st.header("Over the picture", anchor=False)
    st.caption(f"The mean map of `{block.block}` laid over what the network got.")
    label = f"Mean activation of {block.block} over the picture"
    heat = heatmap(block.mean.png)
    overlay(key="overlay", picture=_PNG + seen.crop, heat=heat, label=label, legend=("quiet", "strong"))


def _shape(seen: BlockSeen) -> str:
    return f"{seen.shape[1]} × {seen.shape[2]} · {seen.shape[0]}"


def _squares(seen: BlockSeen) -> str:
    return f"{seen.shape[1] * seen.shape[2]:,}"
