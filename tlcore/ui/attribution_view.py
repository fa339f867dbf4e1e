"""Where a network looks: what in the chosen picture speaks for a class, by four methods, laid over the picture."""

from dataclasses import dataclass

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.errors import ThawError
from tlcore.figures.heatmaps import PNG, heatmap
from tlcore.questions import Explain, Explanation, Rank, Ranked
from tlcore.questions.attribution import Evidence, Method, Ranking
from tlcore.text import clean
from tlcore.ui.components.heat_strip import Heat, heat_strip
from tlcore.ui.components.overlay import overlay
from tlcore.ui.components.static import facts_table, legend, line, say
from tlcore.ui.methods import METHODS, Words
from tlcore.ui.picture_choice import draw_picture_choice
from tlcore.ui.session import store
from tlcore.ui.subject import Picked, Subject, choose_picture
from tlcore.ui.thumbnails import thumbnail
from tlcore.ui.waiting import wait_for
from tlcore.ui.words import percent, size

_BLOCK = "evidence_block"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What a person wants to know of the picture."""

    method: Method
    target: Ranking

    @property
    def words(self) -> Words:
        return METHODS[self.method]

    def told(self, words: str) -> str:
        """Return a method's words with the name of the class."""
        return words.replace("{name}", clean(self.target.name, 40))


def draw_attribution(subject: Subject) -> None:
    """Draw the chosen picture, and over it what speaks for a class once the desk has answered."""
    picture = choose_picture(subject.manifest)
    left, right = st.columns([1, 1.5])
    over = left.container(key="card_evidence", height="stretch")
    with right.container(key="card_why", height="stretch"):
        st.header("Where it looks", anchor=False)
        ranked = _ranked(subject, picture)
        chosen = _choose(subject, picture, ranked) if ranked is not None and ranked.classes else None
        explanation = _explanation(subject, picture, chosen) if chosen and ranked else None
        evidence = _chosen_evidence(chosen, explanation) if chosen and explanation else None
    with over:
        _picture(subject, picture, ranked, chosen, evidence)
    if chosen and explanation:
        if chosen.words.by_block and evidence:
            _strip(subject, chosen, explanation, evidence)
        _how(chosen, explanation)


def _ranked(subject: Subject, picture: Picked) -> Ranked | None:
    """Return the classes that can be asked about, or say why there are none yet."""
    question = Rank(network=subject.network, picture=subject.shown(picture.id))
    try:
        ranked = store().asked.ask(question)
    except ThawError as error:
        st.html(say(str(error), lead="No answer:", mark="cross"))
        return None
    if ranked is None:
        wait_for(question, "Sending the picture through the network: a second or two.")
    elif not ranked.classes:
        st.html(say("this network came without a head. It has no classes to ask about until it is trained.", lead=""))
    return ranked


def _choose(subject: Subject, picture: Picked, ranked: Ranked) -> _Chosen:
    """Draw the choice of a method and of a class, the likeliest first."""
    method = st.segmented_control(
        "Method",
        list(METHODS),
        format_func=lambda method: METHODS[method].title,
        default="grad_cam",
        required=True,
        key="evidence_method",
        label_visibility="collapsed",
    )
    classes = {ranking.number: ranking for ranking in ranked.classes}
    target = st.selectbox(
        "What speaks for this class",
        list(classes),
        format_func=lambda number: f"{clean(classes[number].name, 40)} · {percent(classes[number].probability)}",
        disabled=not METHODS[method].for_class,
        key=f"evidence_class_{subject.key}_{picture.id}",
        help="Every class that the network knows, the likeliest for this picture first.",
    )
    return _Chosen(method=method, target=classes[target] if METHODS[method].for_class else ranked.classes[0])


def _explanation(subject: Subject, picture: Picked, chosen: _Chosen) -> Explanation | None:
    """Return the answer, or say that it comes, or why there is none."""
    st.html(line(chosen.told(chosen.words.asks)))
    question = Explain(
        network=subject.network,
        picture=subject.shown(picture.id),
        method=chosen.method,
        target=chosen.target.number,
    )
    try:
        explanation = store().asked.ask(question)
    except ThawError as error:
        st.html(say(str(error), lead="No answer:", mark="cross"))
        return None
    if explanation is None:
        takes = "a second or two" if chosen.words.by_block else "some seconds, more for a large network"
        wait_for(question, f"{chosen.words.title} is being computed: {takes}.")
    return explanation


def _chosen_evidence(chosen: _Chosen, explanation: Explanation) -> Evidence | None:
    """Say what bright means; return the map to lay over the picture: the last block's, until another is chosen.

    The last block with a grid knows most of the classes. After the last one of a ViT only the class token counts; it
    has no map, and the one before it is taken.
    """
    found = [evidence for evidence in explanation.evidence if evidence.map is not None]
    if not found:
        st.html(say(chosen.told("the score of “{name}” is flat here: no place of the picture can change it.")))
        return None
    block = st.session_state.get(_BLOCK)
    evidence = next((one for one in found if one.block == block), found[-1])
    assert evidence.map is not None
    st.html(say(chosen.told(chosen.words.bright), lead="Bright:"))
    if evidence.map.high == 0:
        st.html(say(chosen.told(f"nothing{_at(evidence)} speaks for “{{name}}”, so all is dark.")))
    elif chosen.words.by_block:
        st.html(say(_depth(found, explanation)))
    return evidence


def _strip(subject: Subject, chosen: _Chosen, explanation: Explanation, evidence: Evidence) -> None:
    """Draw one map per block, of which one can be chosen."""
    with st.container(key="card_evidence_strip"):
        title, scale = st.columns([1.6, 1], vertical_alignment="center")
        title.header("At every block", anchor=False)
        scale.html(legend(*chosen.words.legend))
        st.caption("Each on its own scale. Choose one to lay it over the picture.")
        heat_strip(
            key="evidence_strip",
            heats=[_heat(subject, one) for one in explanation.evidence if one.map is not None],
            chosen=evidence.block,
            columns="row",
            on_choose=_take_block,
            description=f"{chosen.words.title} at every block, from the picture to the answer",
        )


def _heat(subject: Subject, evidence: Evidence) -> Heat:
    assert evidence.map is not None
    card = backbone(subject.backbone)
    block = card.block(evidence.block)
    learned = subject.learned.get(block.name)
    return Heat(
        id=block.name,
        image=heatmap(evidence.map.png),
        title=block.label,
        code=block.name,
        note=size(block, card.sizes.usual, subject.image_size),
        state="" if learned is None else "learned" if learned else "frozen",
    )


def _take_block(block: str) -> None:
    st.session_state[_BLOCK] = block


def _depth(found: list[Evidence], explanation: Explanation) -> str:
    """Return what there is to see from block to block."""
    last, first = found[-1].block, found[0].block
    told = f"`{last}` is coarse but tells classes apart, so it is shown at first; `{first}` is sharp and marks edges."
    mute = [evidence.block for evidence in explanation.evidence if evidence.map is None]
    if mute:
        told += f" `{mute[-1]}` has no map: after it only the class token is read, so none of its places counts."
    return told


def _picture(
    subject: Subject, picture: Picked, ranked: Ranked | None, chosen: _Chosen | None, evidence: Evidence | None
) -> None:
    """Draw the picture, what was found laid over it, what is said of it, and the other pictures."""
    st.header("Over the picture", anchor=False)
    if ranked and chosen and evidence and evidence.map is not None:
        overlay(
            key="evidence_over",
            picture=PNG + ranked.crop,
            heat=heatmap(evidence.map.png),
            label=f"{chosen.words.title}{_at(evidence)} over the picture",
            legend=chosen.words.legend,
        )
    else:
        st.image(PNG + ranked.crop if ranked else thumbnail(picture.id), width="stretch")
    st.html(facts_table(_told(subject, picture, ranked)))
    draw_picture_choice(subject.manifest, picture)


def _told(subject: Subject, picture: Picked, ranked: Ranked | None) -> list[tuple[str, str, str]]:
    rows = [picture.told]
    if ranked and ranked.classes:
        first = ranked.classes[0]
        mark = ("check" if first.name == picture.label else "cross") if subject.checkpoint and not picture.own else ""
        rows.append(("Answer", f"{clean(first.name, 24)}, {percent(first.probability)}", mark))
    return rows


def _at(evidence: Evidence) -> str:
    return f" at {evidence.block}" if evidence.block else ""


def _how(chosen: _Chosen, explanation: Explanation) -> None:
    """Draw how the method goes: in words, and the lines that computed it."""
    with st.container(key="card_how"):
        st.header("How it is computed", anchor=False)
        st.markdown("\n".join(f"{place}. {step}" for place, step in enumerate(chosen.words.steps, 1)))
        st.code(explanation.listing, language="python")
        passes = "one pass" if explanation.passes == 1 else f"{explanation.passes} passes"
        st.caption(f"{chosen.words.source}. It took {passes} through the network.")
