"""The adviser: its path through the decision chart, why, and the advice and its opposite as buttons."""

import streamlit as st

from tlcore.advice import SOURCE, Advice, advise
from tlcore.catalog.backbones import backbone
from tlcore.catalog.weights import SCRATCH, is_here
from tlcore.config import Strategy
from tlcore.data.manifest import Manifest
from tlcore.errors import ThawError
from tlcore.questions import Separate
from tlcore.strategies import STRATEGIES
from tlcore.text import count
from tlcore.ui.components.decision_chart import Level, decision_chart
from tlcore.ui.components.static import say
from tlcore.ui.editing import choose_phase, edit, show_refusal
from tlcore.ui.launching import launch
from tlcore.ui.session import draft, store, workspace
from tlcore.ui.waiting import wait_for

_COUNTS = {
    "few": ("Few", "under 1,000, or under 20 per class"),
    "some": ("Some", "1,000 to 10,000"),
    "many": ("Many", "10,000 or more"),
}
_APART = {
    "well": ("Almost always", "the head is enough"),
    "partly": ("Partly", "the count decides"),
    "hardly": ("Hardly", "thaw one step more"),
}
_SCRATCH = (
    "a frozen block would know nothing for good, so all blocks have to learn. The advice is for published weights, "
    "which this network can begin with instead."
)
_LEAVES: tuple[Strategy, ...] = ("features", "gradual", "low")


def draw_adviser(manifest: Manifest) -> None:
    """Draw the card; what the features are worth is asked of the desk where the weights are here."""
    question = _question(manifest)
    separation, told = store().asked.known(question), ""
    waiting = False
    if separation is None and _here(question):
        try:
            separation = store().asked.ask(question)
            waiting = separation is None
        except ThawError as error:
            told = str(error)
    counts = manifest.counts("train")
    advice = advise(sum(counts), len(counts), min(counts) / max(counts), separation)
    with st.container(key="card_adviser"):
        st.header("Adviser: what to thaw", anchor=False)
        st.html(decision_chart(_levels(advice)))
        if draft().weights == SCRATCH:
            st.html(say(_SCRATCH, lead="From random numbers:", mark="cross"))
        for sentence in advice.sentences:
            st.html(say(sentence, lead="", mark="arrow"))
        if waiting:
            wait_for(question, "Looking at up to 200 of your pictures through the untouched network: a few seconds.")
        elif told:
            st.html(say(told, lead="Not measured:", mark="cross"))
        _buttons(manifest, advice)
        show_refusal("adviser")
        st.caption(SOURCE)


def _question(manifest: Manifest) -> Separate:
    plan = draft()
    return Separate(
        backbone=plan.backbone,
        weights=plan.learned_weights,
        data=manifest.digest,
        image_size=plan.image_size,
        seed=plan.seed,
        workspace=workspace(),
    )


def _here(question: Separate) -> bool:
    return is_here(backbone(question.backbone), question.weights)


def _levels(advice: Advice) -> list[Level]:
    amount, apart, strategy = advice.path
    return [
        Level(
            question="How many pictures to learn from?",
            answers=tuple(_COUNTS.values()),
            lit=list(_COUNTS).index(amount),
        ),
        Level(
            question="Do the network’s features tell your classes apart?",
            answers=tuple(_APART.values()),
            lit=list(_APART).index(apart) if apart else None,
        ),
        Level(
            question="",
            answers=tuple((STRATEGIES[name].title, "") for name in _LEAVES),
            lit=_LEAVES.index(strategy),
        ),
    ]


def _buttons(manifest: Manifest, advice: Advice) -> None:
    plan = draft()
    taken = plan.strategy == advice.strategy and plan.weights != SCRATCH
    opposite = STRATEGIES[advice.opposite].title
    with st.container(horizontal=True):
        st.button(
            "This is your plan" if taken else "Take this plan",
            key="take_advice",
            disabled=taken,
            icon=":material/check:" if taken else None,
            on_click=_take,
            args=(advice.strategy,),
        )
        st.button(
            "Run the opposite too",
            key="run_opposite",
            disabled=not _here(_question(manifest)),
            on_click=_run_opposite,
            args=(manifest.name, advice.opposite),
        )
    ahead = len(store().runs.open())
    queue = f"waits behind {count(ahead, 'run')}" if ahead else "starts at once, and your plan would wait behind it"
    missing = "" if _here(_question(manifest)) else " It needs the network's weights, which are not on this machine."
    st.caption(
        f"Advice is a hypothesis. The opposite is “{opposite}”, with the same pictures, seed and size; it {queue}."
        f"{missing}"
    )


def _take(strategy: Strategy) -> None:
    if edit("adviser", lambda plan: plan.by_strategy(strategy)):
        choose_phase(0)


def _run_opposite(name: str, strategy: Strategy) -> None:
    launch(draft().by_strategy(strategy).config(name))
