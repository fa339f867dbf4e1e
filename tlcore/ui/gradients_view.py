"""Gradients: where, and how strongly, each block could change a class's score; and how they flowed in training."""

from dataclasses import replace

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.diagnosis import Diagnosis, even_told, flow_told, frozen_told, gradients_told, placeless_told
from tlcore.errors import ThawError
from tlcore.figures.gradient_flow import gradient_flow
from tlcore.figures.heatmaps import heatmap
from tlcore.figures.per_block import height_of, sizes, written
from tlcore.history import History
from tlcore.questions import Differentiate, Gradients
from tlcore.questions.gradients import BlockGradient
from tlcore.text import clean
from tlcore.ui.components.heat_strip import Heat, heat_strip
from tlcore.ui.components.live_chart import live_chart
from tlcore.ui.components.static import legend, say
from tlcore.ui.picture_choice import draw_picture_card
from tlcore.ui.reading import reader
from tlcore.ui.session import store
from tlcore.ui.subject import Picked, Subject, choose_picture
from tlcore.ui.waiting import wait_for

_LIKELIEST = -1
"""In the place of a class's number."""


def draw_gradients(subject: Subject) -> None:
    """Draw the chosen picture, and the gradient of a class's score at every block once the desk has answered."""
    picture = choose_picture(subject.manifest)
    left, right = st.columns([1, 2.75])
    beside, strip = left.container(key="card_picture", height="stretch"), right.container(key="card_strip")
    with strip:
        question = _choose_class(subject, picture)
    found, fault = None, ""
    try:
        found = store().asked.ask(question)
    except ThawError as error:
        fault = str(error)
    with beside:
        draw_picture_card(subject.manifest, picture, found.crop if found else None, _told(found))
    with strip:
        if found is not None:
            _strip(subject, found)
        elif fault:
            st.html(say(fault, lead="No answer:", mark="cross"))
        else:
            wait_for(question, "Sending the picture through the network, and the score back: a second or two.")
    if found is not None:
        with st.container(key="card_sizes"):
            _sizes(subject, found)
    if subject.run:
        with st.container(key="card_flow"):
            _flow(subject, reader(subject.run).history())


def _told(found: Gradients | None) -> list[tuple[str, str, str]]:
    return [("Score", f"{clean(found.of.name, 24)}, {found.of.score:.2f}", "")] if found else []


def _choose_class(subject: Subject, picture: Picked) -> Differentiate:
    """Draw the choice of a class; return the question about its score."""
    title, scale = st.columns([1.6, 1], vertical_alignment="center")
    title.header("Where a change would matter", anchor=False)
    scale.html(legend("not at all", "most"))
    likeliest = Differentiate(network=subject.network, picture=subject.shown(picture.id), wanted=None)
    names = _names(subject, store().asked.known(likeliest))
    wanted = st.selectbox(
        "Score of which class",
        [_LIKELIEST, *names],
        format_func=lambda number: names.get(number, "the likeliest answer"),
        key=f"wanted_{subject.key}",
    )
    return likeliest if wanted == _LIKELIEST else replace(likeliest, wanted=wanted)


def _names(subject: Subject, known: Gradients | None) -> dict[int, str]:
    """Return the classes to choose from: a run's own, or what an untouched network takes the picture for."""
    if classes := subject.network.classes:
        return {number: clean(name, 40) for number, name in enumerate(classes)}
    return {one.number: clean(one.name, 40) for one in known.likely} if known else {}


def _strip(subject: Subject, found: Gradients) -> None:
    name = clean(found.of.name, 24)
    st.caption(
        "The score is sent back from the answer to the picture, and caught at each block: the sum of the gradient’s "
        "absolute values over all channels, each block on its own scale."
    )
    heats = [_heat(subject, block) for block in found.blocks if block.map is not None]
    description = "Gradient of the score at every block, from the picture to the answer"
    heat_strip(key="back_strip", heats=heats, chosen=None, columns="row", on_choose=None, description=description)
    st.html(
        say(
            f"bright squares are where a small change of what the block puts out would change the score of “{name}” "
            "most, up or down. It says what the answer hangs on, not what is there."
        )
    )
    if told := placeless_told(found):
        st.html(say(told, lead="Class token:"))
    if told := even_told(found):
        st.html(say(told, lead="One colour:"))


def _heat(subject: Subject, found: BlockGradient) -> Heat:
    assert found.map is not None
    block = backbone(subject.backbone).block(found.block)
    return Heat(
        id=found.block,
        image=heatmap(found.map.png),
        title=block.label,
        code=found.block,
        note=f"{found.shape[1]} × {found.shape[2]}",
        state=subject.states.get(found.block, ""),
    )


def _sizes(subject: Subject, found: Gradients) -> None:
    st.header("How large the gradient is at each block", anchor=False)
    st.caption(
        "Root mean square over all numbers that the block puts out, on a log scale. The score comes in from below, and "
        "goes up to the picture."
    )
    names = [block.block for block in found.blocks]
    values = [block.size for block in found.blocks]
    live_chart(
        key="back_sizes",
        figure=sizes(names, values, subject.states, "Size of the gradient"),
        revision=subject.key,
        height=height_of(len(names)),
        description=f"Size of the gradient at each block: {written(names, values)}",
    )
    _say(gradients_told(found))
    if told := frozen_told(subject.learned):
        st.html(say(told, lead="Frozen blocks:", mark="snow"))


def _flow(subject: Subject, history: History) -> None:
    """Draw the gradients of the run's own training."""
    names = backbone(subject.backbone).block_names
    st.header("The gradients in training", anchor=False)
    told = flow_told(history, names)
    if told is None or history.started is None:
        st.html(
            say("no reading was taken: the run was over too soon, or an earlier Thaw carried it out.", lead="None:")
        )
        return
    st.caption(
        "Length of the gradient of each block’s own weights, in the last step before each reading; from dark, "
        "small, to bright, large, on a log scale. Ice: frozen, no gradient. BatchNorm that learns takes the "
        "statistics of each batch; above, the running ones. Until those have settled, the two views can differ."
    )
    live_chart(
        key="back_flow",
        figure=gradient_flow(history, names),
        revision=subject.run,
        height=height_of(len(names)) + 40,
        description="Length of the gradient of every block over the epochs of the run",
    )
    _say(told)


def _say(told: Diagnosis) -> None:
    st.html(say(told.told, mark="bulb") if told.sound else say(told.told, lead="Take care:", mark="cross"))
