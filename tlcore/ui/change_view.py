"""The same picture through two states of a network: what training changed, block by block, and what it did not."""

from collections.abc import Mapping, Sequence

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.errors import ThawError
from tlcore.figures.heatmaps import heatmap
from tlcore.figures.likeness import likeness
from tlcore.questions import Compare, Compared, Liken, Likeness
from tlcore.questions.compared import BlockCompared
from tlcore.questions.seen import Likely
from tlcore.text import clean, plain
from tlcore.ui.components.heat_strip import Heat, heat_strip
from tlcore.ui.components.live_chart import live_chart
from tlcore.ui.components.static import legend, say
from tlcore.ui.picture_choice import draw_picture_card
from tlcore.ui.reading import reader
from tlcore.ui.replay_view import draw_replay
from tlcore.ui.session import store, workspace
from tlcore.ui.subject import Subject, choose_picture, subjects
from tlcore.ui.waiting import wait_for
from tlcore.ui.words import percent
from tlcore.verdict import moved

_HEIGHT = 440


def draw_change(subject: Subject) -> None:
    """Draw the comparison with another state of the same backbone, and the replay of the run."""
    others = [
        other
        for other in subjects()
        if (other.backbone, other.image_size) == (subject.backbone, subject.image_size) and other.key != subject.key
    ]
    if not others:
        text = "there is only one state of this backbone so far. Train it; then its states are compared here."
        st.html(say(text, lead="Nothing to compare:"))
        return
    pair = _pair(subject, others)
    _pictures(*pair)
    _sample(*pair)
    if trained := next((state for state in reversed(pair) if state.run), None):
        draw_replay(trained)


def _pair(subject: Subject, others: Sequence[Subject]) -> tuple[Subject, Subject]:
    """Let a person choose the other state; return the earlier one first."""
    others = sorted(others, key=lambda other: other.key.partition("-")[0] != subject.key.partition("-")[0])
    titles = {other.key: f"{clean(other.manifest.name, 24)} · {other.title} · {other.when}" for other in others}
    key = st.selectbox("Compare with", list(titles), format_func=titles.__getitem__, key="compared_with")
    other = next(other for other in others if other.key == key)
    is_later = subject.checkpoint is None and other.checkpoint is not None
    return (subject, other) if is_later else (other, subject)


def _pictures(before: Subject, after: Subject) -> None:
    """Draw the picture, both answers, and the maps of every block one below the other."""
    manifest = after.manifest
    picture = choose_picture(manifest)
    question = Compare(before=before.network, after=after.network, picture=after.shown(picture.id))
    compared, fault = None, ""
    try:
        compared = store().asked.ask(question)
    except ThawError as error:
        fault = str(error)
    left, right = st.columns([1, 2.75])
    with left.container(key="card_compared_picture", height="stretch"):
        first, second = ("Before", "After") if _is_one_run(before, after) else ("First", "Second")
        rows = [*_answers(first, compared.before), *_answers(second, compared.after)] if compared else []
        draw_picture_card(manifest, picture, compared.crop if compared else None, rows)
    with right.container(key="card_compared_maps", height="stretch"):
        title, scale = st.columns([1.6, 1], vertical_alignment="center")
        title.header("What each block answers to", anchor=False)
        scale.html(legend("quiet, or unchanged", "strong, or changed"))
        if compared is None:
            if fault:
                st.html(say(fault, lead="No answer:", mark="cross"))
            else:
                wait_for(question, "Sending the picture through both states: a second or two.")
            return
        _maps(compared, before, after)


def _maps(compared: Compared, before: Subject, after: Subject) -> None:
    st.caption(
        "Mean over all channels. In each block both states share one scale, and so does their difference: bright in "
        "the third row means that the answer there changed by as much as the whole map spans."
    )
    learned = _learned(before, after)
    rows: list[tuple[str, list[Heat]]] = [
        (_named("First", before, after), [_heat(after, block, block.before.png) for block in compared.blocks]),
        (_named("Second", after, before), [_heat(after, block, block.after.png) for block in compared.blocks]),
        (
            "Difference",
            [
                Heat(
                    id=block.block,
                    image=heatmap(block.difference.png),
                    title=_changed(block),
                    state="" if not learned else "learned" if learned.get(block.block) else "frozen",
                )
                for block in compared.blocks
            ],
        ),
    ]
    for place, (title, heats) in enumerate(rows):
        st.markdown(f"**{plain(title, 120)}**")
        heat_strip(key=f"compared_{place}", heats=heats, chosen=None, columns="row", on_choose=None, description=title)
    st.html(say(_told(compared.blocks, learned, "as before" if _is_one_run(before, after) else "alike")))


def _told(blocks: Sequence[BlockCompared], learned: Mapping[str, bool], alike: str) -> str:
    """Return the sentences that say which blocks answer a picture exactly `alike`, and which changed most."""
    same = [block.block for block in blocks if block.change == 0.0]
    changed = [block for block in blocks if block.change > 0.0]
    if not changed:
        return (
            f"every block answers exactly {alike}, to the last bit: the two states differ at most in the head, which "
            "turns the last block's answer into classes."
        )
    most = max(changed, key=lambda block: block.change)
    strongest = f"`{most.block}` differs most: the difference is {moved(most.change)} of its answer's size."
    if not same:
        return f"no block answers exactly {alike}. {strongest}"
    which = "the blocks" if not learned or any(learned.get(block) for block in same) else "the frozen blocks"
    names = f"`{same[0]}`" if len(same) == 1 else f"`{same[0]}` to `{same[-1]}`"
    return f"{which} {names} answer exactly {alike}, to the last bit. {strongest}"


def _sample(before: Subject, after: Subject) -> None:
    """Draw how alike the blocks are over a sample of the set, above how far their weights moved."""
    question = Liken(before=before.network, after=after.network, data=after.manifest.digest, workspace=workspace())
    with st.container(key="card_likeness"):
        st.header("Over the whole set", anchor=False)
        try:
            alike = store().asked.ask(question)
        except ThawError as error:
            st.html(say(str(error), lead="No answer:", mark="cross"))
            return
        if alike is None:
            wait_for(question, "Sending validation pictures through both states, some seconds for each.")
            return
        _likeness(alike, before, after)


def _likeness(alike: Likeness, before: Subject, after: Subject) -> None:
    names = backbone(after.backbone).block_names
    drift = _drift(after) if _is_one_run(before, after) else {}
    st.caption(
        f"Whether a block tells {alike.pictures} validation pictures apart alike in both states (linear CKA): "
        "1 is the same, about 0 is nothing in common." + (" Below: how far its weights moved." if drift else "")
    )
    learned = _learned(before, after)
    live_chart(
        key="likeness",
        figure=likeness(names, alike.blocks, drift, learned),
        revision=f"{before.key} {after.key}",
        height=_HEIGHT if drift else _HEIGHT // 2,
        description="Likeness and drift of every block, from the picture to the answer",
    )
    st.html(say(_likeness_told(names, alike.blocks)))


def _is_one_run(before: Subject, after: Subject) -> bool:
    """Say whether these are the beginning and the end of one run."""
    return after.run != "" and before.run == after.run


def _likeness_told(names: Sequence[str], alike: Mapping[str, float]) -> str:
    known = [name for name in names if name in alike]
    least = min(known, key=lambda name: alike[name])
    new = [name for name in names if name not in alike]
    head = f" `{new[-1]}` has no likeness: it was made new for these classes." if new else ""
    if alike[least] == 1.0:
        return f"every block sees the set alike in both states.{head}"
    same = [name for name in known if alike[name] == 1.0]
    still = f"`{same[0]}` to `{same[-1]}` are at 1. " if len(same) > 1 else ""
    return (
        f"{still}`{least}` sees the set most differently, likeness {max(alike[least], 0.0):.2f}. Blocks near the "
        f"picture usually stay alike; those near the answer are bent to the classes.{head}"
    )


def _drift(after: Subject) -> Mapping[str, float]:
    """Return how far each block of the run had moved when its best weights were kept."""
    history = reader(after.run).history()
    if history.best is None:
        return {}
    looks = [look for look in history.moves if look.step <= history.best.step]
    return looks[-1].weights if looks else {}


def _learned(before: Subject, after: Subject) -> dict[str, bool]:
    """Return of each block whether it learned in either; nothing where neither was trained."""
    names = {*before.learned, *after.learned}
    return {name: before.learned.get(name, False) or after.learned.get(name, False) for name in names}


def _named(place: str, state: Subject, other: Subject) -> str:
    if _is_one_run(state, other):
        return state.when[:1].upper() + state.when[1:]
    return f"{place}: {state.title}, {state.when}"


def _heat(subject: Subject, block: BlockCompared, png: str) -> Heat:
    label = backbone(subject.backbone).block(block.block).label
    return Heat(id=block.block, image=heatmap(png), title=label, code=block.block)


def _changed(block: BlockCompared) -> str:
    return "unchanged" if block.change == 0.0 else f"{moved(block.change)} changed"


def _answers(when: str, answers: Sequence[Likely]) -> list[tuple[str, str, str]]:
    return [
        (when if place == 0 else "then", f"{clean(answer.name, 24)}, {percent(answer.probability)}", "")
        for place, answer in enumerate(answers[:2])
    ]
