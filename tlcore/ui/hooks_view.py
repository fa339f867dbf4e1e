"""The hooks of one pass, lit up as they fire: where they sit, what they saw, what they cost, and that none stays."""

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.errors import ThawError
from tlcore.questions import Inspect, Inspected
from tlcore.questions.hooked import Firing, Pass
from tlcore.ui.components.hook_row import HookedBlock, hook_row
from tlcore.ui.components.static import facts_table, numbers, say
from tlcore.ui.picture_choice import draw_picture_card
from tlcore.ui.sandbox_view import draw_sandbox
from tlcore.ui.session import store
from tlcore.ui.subject import Subject, choose_picture
from tlcore.ui.waiting import wait_for
from tlcore.ui.words import bytes_told

_QUIET = "the hooks are set and the pass has not begun. Setting a hook runs nothing."
_NOTICEABLE = 0.05
"""Share of a pass that is worth a word; on a machine that does other things too, less is soon chance."""


def draw_hooks(subject: Subject) -> None:
    """Draw the hooks of a pass with the chosen picture once the desk has answered, and a place to try one out."""
    picture = choose_picture(subject.manifest)
    question = Inspect(network=subject.network, picture=subject.shown(picture.id))
    told, fault = None, ""
    try:
        told = store().asked.ask(question)
    except ThawError as error:
        fault = str(error)
    left, right = st.columns([1, 2.75])
    with left.container(key="card_hooks_picture", height="stretch"):
        draw_picture_card(subject.manifest, picture, None, [])
    with right.container(key="card_hooks", height="stretch"):
        st.header("The hooks of one pass", anchor=False)
        if told is None:
            if fault:
                st.html(say(fault, lead="No answer:", mark="cross"))
            else:
                wait_for(question, "Sending the picture there and back, with hooks and without: a few seconds.")
            return
        _order(subject, told)
    there, back = st.columns(2)
    with there.container(key="card_hooks_there", height="stretch"):
        st.header("A pass there", anchor=False)
        st.caption("Every block has a forward hook on its last module, which copies what the block puts out.")
        _cost(told.forward)
    with back.container(key="card_hooks_back", height="stretch"):
        st.header("A pass there and back", anchor=False)
        st.caption(
            "Every block has a forward hook that sets a backward hook on what the block puts out. As the likeliest "
            "answer's score is sent back, those copy the gradient."
        )
        _cost(told.backward)
    with st.container(key="card_sandbox"):
        draw_sandbox(subject, picture.id, told.places)


def _order(subject: Subject, told: Inspected) -> None:
    """Draw the row of blocks, lit as far as the slider says, and say what the last hook saw that fired."""
    st.caption(
        "A hook is a function of yours that the network calls in passing. Move the slider: the picture goes from the "
        "first block to the last, the gradient comes back the other way."
    )
    firings = (*told.forward.fired, *told.backward.fired)
    turn = len(told.forward.fired)
    fired = st.slider("Hooks that have fired", 0, len(firings), turn, key=f"hooks_fired_{subject.backbone}")
    card = backbone(subject.backbone)
    saw = {firing.block: firing for firing in told.forward.fired}
    forward = {firing.block: place for place, firing in enumerate(told.forward.fired, start=1)}
    backward = {firing.block: place for place, firing in enumerate(told.backward.fired, start=turn + 1)}
    blocks = [
        HookedBlock(
            title=block.label,
            code=block.name,
            note=_shape(saw[block.name]),
            forward=forward[block.name],
            backward=backward[block.name],
        )
        for block in card.blocks
    ]
    st.html(hook_row(blocks, fired))
    st.html(say(_event(subject, firings[fired - 1], fired, turn) if fired else _QUIET, lead="What happens:"))


def _event(subject: Subject, firing: Firing, order: int, turn: int) -> str:
    part = backbone(subject.backbone).block(firing.block).output
    what = f"{_shape(firing)} numbers, {bytes_told(firing.size)}"
    if order <= turn:
        return (
            f"hook {order}, a forward hook on the module `{part}`, fires as block `{firing.block}` is done. It keeps "
            f"a copy of what the block puts out: {what}."
        )
    return (
        f"hook {order}, a backward hook on the tensor that `{part}` put out, fires as the gradient comes back to block "
        f"`{firing.block}`. It keeps a copy of the gradient: {what}."
    )


def _cost(passed: Pass) -> None:
    st.html(
        numbers(
            [
                (str(passed.before), "hooks before", ""),
                (str(passed.during), "during", ""),
                (str(passed.after), "after", ""),
            ]
        )
    )
    rows = [
        ("Kept by the hooks", bytes_told(sum(firing.size for firing in passed.fired)), ""),
        ("Without hooks", f"{passed.plain:,.1f} ms", ""),
        ("With hooks", f"{passed.hooked:,.1f} ms", ""),
        ("With over without", f"{passed.hooked / passed.plain:.2f}", ""),
    ]
    st.html(facts_table(rows))
    st.html(say(_verdict(passed), lead=""))


def _verdict(passed: Pass) -> str:
    gone = (
        "Counted on the network itself, part by part: every hook was taken away again."
        if passed.after == passed.before
        else "Counted on the network itself, part by part: a hook was left behind, which is a mistake of Thaw's."
    )
    longer = passed.hooked / passed.plain - 1
    if longer < _NOTICEABLE:
        return f"{gone} They cost next to no time: less than 5 % in this measurement."
    return (
        f"{gone} They made the pass {100 * longer:.0f} % longer in this measurement; on a machine that does other "
        "things too, such a figure wavers."
    )


def _shape(firing: Firing) -> str:
    return " × ".join(f"{side:,}" for side in firing.shape)
