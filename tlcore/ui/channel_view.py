"""One block's channels, drawn: those that stand out, one of them over the picture, and what excites it in the set."""

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.errors import ThawError
from tlcore.figures.heatmaps import PNG, heatmap
from tlcore.questions import Excite, Excited, See, SingledOut, SingleOut
from tlcore.questions.channels import Channel, Measure
from tlcore.questions.seen import BlockSeen, Seen
from tlcore.text import clean, plain
from tlcore.ui.components.heat_strip import Heat, heat_strip
from tlcore.ui.components.overlay import overlay
from tlcore.ui.components.picture_wall import Thumb, picture_wall
from tlcore.ui.components.static import legend, numbers, say
from tlcore.ui.session import store, workspace
from tlcore.ui.subject import Subject, take_picture
from tlcore.ui.thumbnails import thumbnail
from tlcore.ui.waiting import wait_for

_CHANNEL = "channel"
_LOOKED_FOR = "excited_asked"
_FEW, _MANY = 32, 128
_MEASURES: dict[Measure, str] = {"mean": "Mean", "variance": "Variance", "influence": "Influence"}
_TOLD: dict[Measure, str] = {
    "mean": "answer most to this picture, on average over it",
    "variance": "differ most from place to place in this picture",
    "influence": "move the score of the answer most, for it (+) or against it (−): slope times activation",
}


def draw_channels(subject: Subject, question: See, seen: Seen, block: BlockSeen) -> Channel | None:
    """Draw the channels of a block that stand out, and return the one that is chosen, if one is."""
    label = backbone(subject.backbone).block(block.block).label
    title, scale = st.columns([1.3, 1], vertical_alignment="center")
    title.header(f"{plain(label)}: `{block.block}`", anchor=False)
    scale.html(legend("its lowest", "its highest"))
    asked = _choose_channels(question, seen, block)
    try:
        found = store().asked.ask(asked)
    except ThawError as error:
        st.html(say(str(error), lead="No answer:", mark="cross"))
        return None
    if found is None:
        wait_for(asked, "Looking at every channel of this block.", lead="")
        return None
    shown = len(found.channels)
    tokens = backbone(subject.backbone).block(block.block).layout == "tokens"
    left_out = " The class token, which has no place in the picture, is left out." if tokens else ""
    st.caption(
        f"{shown} of {block.shape[0]:,} channels: those that {_TOLD[asked.by]}. The number is the channel.{left_out}"
    )
    chosen = _chosen(block, found)
    heat_strip(
        key="channels",
        heats=[_heat(channel, asked.by) for channel in found.channels],
        chosen=str(chosen.number) if chosen else None,
        columns="grid",
        on_choose=lambda number: _take_channel(block.block, int(number)),
        description=f"Channels of {block.block} that stand out",
    )
    grid = f"{block.shape[1]} × {block.shape[2]}"
    st.html(numbers([(grid, "squares per channel", ""), (f"{block.shape[0]:,}", "channels", "")]))
    return chosen


def draw_over_picture(subject: Subject, seen: Seen, block: BlockSeen, channel: Channel | None) -> None:
    """Draw the chosen channel over the picture and what excites it in the set; the mean map if none is chosen."""
    assert block.mean is not None
    st.header("Over the picture", anchor=False)
    shown = channel.map if channel else block.mean
    what = f"Channel {channel.number}" if channel else "The mean of all channels"
    st.caption(f"{what} of `{block.block}`, laid over what the network got. {_range(shown.low, shown.high)}")
    label = f"{what} of {block.block} over the picture"
    overlay(key="overlay", picture=PNG + seen.crop, heat=heatmap(shown.png), label=label, legend=("quiet", "strong"))
    if channel is None:
        st.caption("Choose a channel to see it large, and which pictures of the set excite it most.")
        return
    st.button("Back to the mean", key="slim_no_channel", on_click=_take_channel, args=("", -1))
    _draw_exciting(subject, block, channel)


def _choose_channels(question: See, seen: Seen, block: BlockSeen) -> SingleOut:
    """Draw the choice by what channels stand out, and of how many, and return what is to be asked."""
    measure, on, more = st.columns([1.5, 1.2, 0.8], vertical_alignment="bottom")
    # A network without named answers has none to move.
    offered = [one for one in _MEASURES if one != "influence" or seen.answers]
    by = measure.segmented_control(
        "Stand out by",
        offered,
        default="mean",
        required=True,
        format_func=_MEASURES.__getitem__,
        key="by" if seen.answers else "by_without_answers",
    )
    answer = -1
    if by == "influence":
        names = {likely.number: clean(likely.name, 40) for likely in seen.answers}
        answer = on.selectbox("On the answer", list(names), format_func=names.__getitem__, key="influenced_answer")
    many = min(_MANY, block.shape[0])
    most = many if many > _FEW and more.toggle(f"Show {many}", key="more_channels") else _FEW
    return SingleOut(
        network=question.network, picture=question.picture, block=block.block, by=by, answer=answer, most=most
    )


def _chosen(block: BlockSeen, found: SingledOut) -> Channel | None:
    name, number = st.session_state.get(_CHANNEL, ("", -1))
    return next((one for one in found.channels if (block.block, one.number) == (name, number)), None)


def _take_channel(block: str, number: int) -> None:
    st.session_state[_CHANNEL] = (block, number)


def _heat(channel: Channel, by: Measure) -> Heat:
    note = f"{channel.value:+.2g}".replace("-", "−") if by == "influence" else ""
    return Heat(id=str(channel.number), image=heatmap(channel.map.png), title=str(channel.number), note=note)


def _range(low: float, high: float) -> str:
    if low == high:
        return f"It is {_short(low)} everywhere, so there is nothing to see."
    return f"Dark is {_short(low)}, bright is {_short(high)}."


def _short(value: float) -> str:
    return f"{value:.2g}".replace("-", "−")


def _draw_exciting(subject: Subject, block: BlockSeen, channel: Channel) -> None:
    """Draw the pictures of the set to which the channel answers most, once they are asked for."""
    question = Excite(network=subject.network, data=subject.manifest.digest, block=block.block, workspace=workspace())
    st.subheader("What excites it most", anchor=False)
    if st.session_state.get(_LOOKED_FOR) != question and store().asked.known(question) is None:
        st.caption("Up to 200 pictures of the set go through the network as far as this block: up to half a minute.")
        st.button("Find them in the set", key="find_exciting", on_click=_look_for, args=(question,))
        return
    try:
        excited = store().asked.ask(question)
    except ThawError as error:
        st.html(say(str(error), lead="No answer:", mark="cross"))
        return
    if excited is None:
        wait_for(question, "Up to 200 pictures of the set go through the network as far as this block.")
        return
    _draw_wall(subject, excited, channel)


def _draw_wall(subject: Subject, excited: Excited, channel: Channel) -> None:
    places = excited.channels[channel.number]
    if not places:
        st.caption(f"It answers alike to all {excited.count:,} pictures that were looked at.")
        return
    classes = {example.id: subject.manifest.classes[example.label] for example in subject.manifest.examples}
    ids = [excited.pictures[place] for place in places]
    st.caption(f"Of {excited.count:,} pictures, those in which its highest value is largest. Choose one to look at it.")
    thumbs = [Thumb(id=one, image=thumbnail(one), caption=clean(classes.get(one, ""), 24)) for one in ids]
    picture_wall(key="exciting", thumbs=thumbs, chosen=None, on_choose=take_picture, size=84)


def _look_for(question: Excite) -> None:
    st.session_state[_LOOKED_FOR] = question
