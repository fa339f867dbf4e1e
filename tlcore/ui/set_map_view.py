"""The map of the set: where a block puts all pictures, which lie near one another, and where the answer appears."""

from collections import Counter
from collections.abc import Callable

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.errors import ThawError
from tlcore.packing import unpack
from tlcore.questions import Chart, Charted, Unfold
from tlcore.questions.set_map import BlockCharted
from tlcore.text import clean, count
from tlcore.ui.components.picture_wall import Thumb, picture_wall
from tlcore.ui.components.set_map import set_map
from tlcore.ui.components.static import say
from tlcore.ui.depth_view import draw_depth
from tlcore.ui.marks_of_map import Colouring, by_answer, by_class, choose_classes, plane, sheet_of
from tlcore.ui.session import store, workspace
from tlcore.ui.subject import Subject
from tlcore.ui.thumbnails import thumbnail
from tlcore.ui.waiting import wait_for
from tlcore.ui.words import percent

_CHOSEN, _SELECTED = "map_chosen", "map_selected"
_SHOWN = 32
"""Most selected pictures that are shown at once."""
_PCA, _TSNE = "PCA", "t-SNE"
_CLASSES, _ANSWERS = "Class", "Right or wrong"


def draw_set_map(subject: Subject) -> None:
    """Draw the map of the set at a block, what is selected on it, and the probe of every block."""
    question = Chart(network=subject.network, data=subject.manifest.digest, workspace=workspace())
    try:
        charted = store().asked.ask(question)
    except ThawError as error:
        st.html(say(str(error), lead="No answer:", mark="cross"))
        return
    if charted is None:
        words = "Sending the pictures through the network, all blocks at once: some seconds, for large ones a minute."
        with st.container(key="card_map"):
            st.header("Map of the set", anchor=False)
            wait_for(question, words)
        return
    with st.container(key="card_map"):
        block = _map(subject, charted)
    _chosen(subject, charted, block)
    _selected(subject, charted)
    with st.container(key="card_depth"):
        draw_depth(subject, charted)


def _map(subject: Subject, charted: Charted) -> BlockCharted:
    """Draw the map with its choices, and return the block that it is of."""
    st.header("Map of the set", anchor=False)
    places, whole = unpack(charted.places), len(subject.manifest.examples)
    looked = f"a sample of {len(places):,} of its {whole:,}" if len(places) < whole else f"all {whole:,}"
    st.caption(
        f"Each mark is a picture of the set ({looked}). Near one another lie those of which the block makes about "
        "the same. Look at a mark, click it to see its nearest others, or draw around several."
    )
    card = backbone(subject.backbone)
    blocks = {block.block: block for block in charted.blocks}
    names = list(blocks)
    which, how, what = st.columns([1.3, 1, 1.2], vertical_alignment="bottom")
    name = which.selectbox(
        "Block",
        names,
        index=len(names) - 2,
        format_func=lambda name: f"{card.block(name).label} · {name}",
        key=f"map_block_{subject.backbone}",
    )
    laid = how.segmented_control("Laid out by", [_PCA, _TSNE], default=_PCA, required=True, key="map_laid")
    if _is_judged(subject, charted):
        colours = what.segmented_control(
            "Coloured by", [_CLASSES, _ANSWERS], default=_CLASSES, required=True, key="map_coloured"
        )
    else:
        colours = _CLASSES
    block = blocks[name]
    points = _unfolded(subject, name) if laid == _TSNE else None
    labels = _labels(subject, charted)
    if colours == _ANSWERS:
        colouring = by_answer(labels, unpack(charted.answers))
    else:
        sizes = [labels.count(label) for label in range(len(subject.manifest.classes))]
        colouring = by_class(subject.manifest, labels, choose_classes(subject.manifest, sizes))
    # Meanwhile the other layout stays, and with it what is being looked at.
    _draw(subject, charted, block, points or block.points, colouring)
    st.html(say(_told(subject, charted, block, points is None)))
    return block


def _labels(subject: Subject, charted: Charted) -> list[int]:
    """Return the class of each picture that was looked at, by number."""
    return [subject.manifest.examples[place].label for place in unpack(charted.places)]


def _unfolded(subject: Subject, block: str) -> str | None:
    """Return the points of t-SNE; None while the desk works on them, or where it has none and has said why."""
    question = Unfold(network=subject.network, data=subject.manifest.digest, block=block, workspace=workspace())
    try:
        answer = store().asked.ask(question)
    except ThawError as error:
        st.html(say(str(error), lead="No answer:", mark="cross"))
        return None
    if answer is None:
        wait_for(question, f"t-SNE moves the pictures about until neighbours at `{block}` lie side by side: seconds.")
        return None
    return answer.points


def _draw(subject: Subject, charted: Charted, block: BlockCharted, points: str, colouring: Colouring) -> None:
    revision = _revision(subject, charted)
    chosen = _kept(_CHOSEN, revision)
    set_map(
        key="set_map",
        plane=plane(subject.manifest, charted, points, block.near, colouring, _is_judged(subject, charted)),
        sheet=sheet_of(subject.manifest, charted),
        chosen=chosen[0] if chosen else None,
        selected=_kept(_SELECTED, revision),
        description=f"Pictures of the set as {block.block} sees them. Arrow keys go on to the next one, Enter chooses.",
        on_choose=lambda picture: _keep(_CHOSEN, revision, (picture,)),
        on_select=lambda pictures: _keep(_SELECTED, revision, pictures),
    )


def _is_judged(subject: Subject, charted: Charted) -> bool:
    """Say whether the network has learned these classes, so that its answers are right or wrong."""
    return subject.checkpoint is not None and bool(charted.answers)


def _revision(subject: Subject, charted: Charted) -> str:
    """Return what the numbers of pictures are the same for: the set, and which of its pictures were looked at."""
    return f"{subject.manifest.digest} {len(charted.places)}"


def _keep(key: str, revision: str, pictures: tuple[int, ...]) -> None:
    st.session_state[key] = (revision, pictures)


def _kept(key: str, revision: str) -> tuple[int, ...]:
    of, pictures = st.session_state.get(key, ("", ()))
    return pictures if of == revision else ()


def _told(subject: Subject, charted: Charted, block: BlockCharted, is_pca: bool) -> str:
    """Say how many pictures have one of their own class beside them, and what the axes hold."""
    labels = _labels(subject, charted)
    near = unpack(block.near)
    each = len(near) // len(labels)
    if not each:
        return "a map needs more than one picture."
    own = sum(labels[near[each * number]] == label for number, label in enumerate(labels))
    total = len(labels)
    chance = sum(size * (size - 1) for size in Counter(labels).values()) / (total * (total - 1))
    beside = (
        f"at `{block.block}` the nearest other picture is of the same class for {percent(own / total)}; "
        f"in a random order it would be {percent(chance)}."
    )
    if is_pca:
        return (
            f"{beside} The two directions of the map hold {percent(sum(block.shares))} of all that differs in "
            f"{block.width:,} numbers, so pictures that overlap here can still lie apart."
        )
    return f"{beside} t-SNE keeps neighbours together; how large heaps are, and how far apart, means nothing."


def _chosen(subject: Subject, charted: Charted, block: BlockCharted) -> None:
    """Draw the picture that was clicked last, and its nearest others at this block."""
    chosen = _kept(_CHOSEN, _revision(subject, charted))
    if not chosen:
        return
    (picture,) = chosen
    manifest, places, near = subject.manifest, unpack(charted.places), unpack(block.near)
    each = len(near) // len(places)
    others = near[each * picture : each * (picture + 1)]
    example = manifest.examples[places[picture]]
    own = sum(manifest.examples[places[other]].label == example.label for other in others)
    with st.container(key="card_near"):
        st.header("Its nearest others", anchor=False)
        st.caption(f"First the picture itself, then the {len(others)} that `{block.block}` finds most like it.")
        thumbs = [_thumb(subject, charted, number) for number in (picture, *others)]
        picture_wall(key="near_wall", thumbs=thumbs, chosen=str(picture), on_choose=_chooser(subject, charted), size=98)
        name = clean(manifest.classes[example.label], 40)
        st.html(say(f"{own} of {len(others)} are of its own class, {name}, at `{block.block}`. Other blocks differ."))


def _selected(subject: Subject, charted: Charted) -> None:
    """Draw what was drawn around, with names and classes."""
    pictures = _kept(_SELECTED, _revision(subject, charted))
    if not pictures:
        return
    manifest, places = subject.manifest, unpack(charted.places)
    counts = Counter(manifest.examples[places[picture]].label for picture in pictures)
    most = ", ".join(f"{clean(manifest.classes[label], 24)} ({number:,})" for label, number in counts.most_common(4))
    more = f" and {count(len(counts) - 4, 'more class', 'more classes')}" if len(counts) > 4 else ""
    with st.container(key="card_selected"):
        st.header("Selected", anchor=False)
        st.html(say(f"{count(len(pictures), 'picture')}: {most}{more}.", lead=""))
        thumbs = [_thumb(subject, charted, picture) for picture in _some(pictures)]
        picture_wall(
            key="selected_wall", thumbs=thumbs, on_choose=_chooser(subject, charted), reveal="card_near", size=112
        )
        if len(pictures) > _SHOWN:
            st.caption(f"{_SHOWN} of {len(pictures):,}, of all classes as many as their share.")


def _some(pictures: tuple[int, ...]) -> list[int]:
    """Return up to 32 of the pictures; they stand class by class, so equal strides keep the shares of the classes."""
    shown = min(_SHOWN, len(pictures))
    return [pictures[place * len(pictures) // shown] for place in range(shown)]


def _chooser(subject: Subject, charted: Charted) -> Callable[[str], None]:
    revision = _revision(subject, charted)
    return lambda number: _keep(_CHOSEN, revision, (int(number),))


def _thumb(subject: Subject, charted: Charted, number: int) -> Thumb:
    manifest = subject.manifest
    example = manifest.examples[unpack(charted.places)[number]]
    note = clean(example.name, 40)
    if _is_judged(subject, charted):
        answer = unpack(charted.answers)[number]
        note = note if answer == example.label else f"taken for {clean(manifest.classes[answer], 24)}"
    name = clean(manifest.classes[example.label], 40)
    return Thumb(id=str(number), image=thumbnail(example.id), caption=name, note=note)
