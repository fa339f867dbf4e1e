"""The split: what is learned from and what is checked with, drawn by lot, by folds or by folders, and moved by hand."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from tlcore.data.doubles import kept_together
from tlcore.data.findings import Look
from tlcore.data.manifest import SPLITS, Example, Manifest
from tlcore.data.marks import LARGEST_SHARE, MOST_FOLDS, MoveTo, SplitBy
from tlcore.data.settle import DEFAULT_SHARE, has_sides
from tlcore.store.albums import Album
from tlcore.text import clean, count
from tlcore.ui.components.picture_wall import Thumb, picture_wall
from tlcore.ui.components.static import say
from tlcore.ui.editing import held
from tlcore.ui.marking import album_to_mark, draw_told, mark, unmark
from tlcore.ui.session import survey_of
from tlcore.ui.thumbnails import thumbnail

_FOLDERS, _SHARE, _FOLDS = "By its folders", "A share of each class", "Folds"
_USUAL_FOLDS = 5
_FOR_FOLDS = 200
"""Pictures to check with beyond which folds bring little."""
_PICTURES_AT_ONCE = 24


def draw_split(manifest: Manifest) -> None:
    """Draw both sides of the chosen set, and the controls that draw them anew."""
    album = album_to_mark()
    if album is None:
        return
    draw_told()
    split = _current(album)
    _way(album, split, has_sides(survey_of(album), album.marks))
    if split is not None or manifest.split_by != "folders":
        _controls(split or SplitBy(seed=album.seed, share=DEFAULT_SHARE))
    _told(album, manifest)
    _counts(manifest)
    _pictures(manifest)


def _current(album: Album) -> SplitBy | None:
    return next((one for one in album.marks if isinstance(one, SplitBy)), None)


def _way(album: Album, split: SplitBy | None, by_folders: bool) -> None:
    """Draw the choice between folders, a share, and folds."""
    now = _FOLDERS if split is None and by_folders else _FOLDS if split and split.folds else _SHARE
    ways = [*([_FOLDERS] if by_folders else []), _SHARE, _FOLDS]
    key = held("split_way", now)
    seed = split.seed if split else album.seed

    def take() -> None:
        chosen = st.session_state[key]
        if chosen == _FOLDERS and split is not None:
            unmark(split)
        elif chosen == _FOLDS:
            mark(SplitBy(seed=seed, folds=_USUAL_FOLDS))
        elif chosen == _SHARE:
            mark(SplitBy(seed=seed))

    st.segmented_control("What decides which pictures are for checking", ways, required=True, key=key, on_change=take)


def _controls(split: SplitBy) -> None:
    """Draw share or folds, and the button for another draw."""
    sizes, again = st.columns([3, 1], vertical_alignment="bottom")
    with sizes:
        if split.folds:
            _fold_controls(split)
        else:
            _share_control(split)
    again.container(horizontal=True, horizontal_alignment="right").button(
        "Draw again",
        key="slim_draw_again",
        help=f"Another draw by lot. This one has the number (seed) {split.seed}, and can be had again by it.",
        on_click=mark,
        args=(SplitBy(seed=split.seed + 1, share=split.share, folds=split.folds, fold=split.fold),),
    )


def _share_control(split: SplitBy) -> None:
    key = held("split_share", round(100 * split.share))

    def take() -> None:
        mark(SplitBy(seed=split.seed, share=st.session_state[key] / 100))

    most = round(100 * LARGEST_SHARE)
    st.slider("Of each class, to check with", 5, most, step=5, format="%d %%", key=key, on_change=take)


def _fold_controls(split: SplitBy) -> None:
    parts, which = held("split_folds", split.folds), held("split_fold", split.fold)

    def take() -> None:
        folds = st.session_state[parts]
        mark(SplitBy(seed=split.seed, folds=folds, fold=min(st.session_state[which], folds)))

    st.slider("Folds (parts of equal size)", 2, MOST_FOLDS, key=parts, on_change=take)
    st.segmented_control("The fold to check with", range(1, split.folds + 1), required=True, key=which, on_change=take)


def _told(album: Album, manifest: Manifest) -> None:
    """Say what the split keeps together, and when folds are worth their time."""
    groups, pictures = kept_together(Look(survey_of(album), manifest, album.marks, album.seed))
    lead = "Kept together:"
    if manifest.split_by == "folders":
        lead = "Not drawn:"
        together = "the set’s own folders decide, so pictures that look the same may lie on both sides. The view "
        together += "Checks tells which do."
    elif groups:
        together = f"{count(groups, 'group')} of near duplicates ({count(pictures, 'picture')}) stay on one side."
    else:
        together = "no two pictures of it look the same, so none has to stay together."
    st.html(say(together, lead=lead))
    judged = len(manifest.of("val"))
    if judged < _FOR_FOLDS and manifest.split_by != "folders":
        st.html(
            say(
                f"with {count(judged, 'picture')} to check with, one of them is {100 / judged:.1f} % of the result, "
                "and which ones were drawn matters. With folds every picture is checked once: train once for each, and "
                "take the mean. It costs as many runs as there are folds.",
                lead="Folds:",
            )
        )


def _counts(manifest: Manifest) -> None:
    train, val = manifest.counts("train"), manifest.counts("val")
    rows = {"Class": [clean(name) for name in manifest.classes], "To learn from": train, "To check with": val}
    most = max(*train, *val)
    bar = st.column_config.ProgressColumn
    config = {name: bar(format="%d", min_value=0, max_value=most) for name in ("To learn from", "To check with")}
    st.dataframe(rows, hide_index=True, width="stretch", column_config=config, height="auto")


def _pictures(manifest: Manifest) -> None:
    """Draw the pictures of one class on both sides; a click moves one, and all that look like it, across."""
    label = st.selectbox(
        "Class", range(len(manifest.classes)), format_func=lambda place: clean(manifest.classes[place], 40),
        key=f"split_class_{len(manifest.classes)}",
    )  # fmt: skip
    st.caption("A click moves a picture to the other side, with all that look the same.")
    for column, split, title in zip(st.columns(2), SPLITS[::-1], ("To check with", "To learn from"), strict=True):
        with column:
            examples = [one for one in manifest.of(split) if one.label == label]
            st.markdown(f"**{title}**: {count(len(examples), 'picture')}")
            _side(examples, f"{split}_{label}", "train" if split == "val" else "val")


def _side(examples: Sequence[Example], key: str, other: Literal["train", "val"]) -> None:
    """Draw one side of a class; a click moves a picture to the `other` one."""
    first = 0
    if len(examples) > _PICTURES_AT_ONCE:
        first = (st.pagination(-(-len(examples) // _PICTURES_AT_ONCE), key=f"split_page_{key}") - 1) * _PICTURES_AT_ONCE
    thumbs = [
        Thumb(id=f"{one.place}", image=thumbnail(one.id), caption=one.name)
        for one in examples[first : first + _PICTURES_AT_ONCE]
    ]

    def move(place: str) -> None:
        mark(MoveTo(pictures=(int(place),), split=other))

    picture_wall(key=f"split_wall_{key}", thumbs=thumbs, on_choose=move, size=72)
