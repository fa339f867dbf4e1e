"""A set of pictures as a page shows it: classes with counts and thumbnails, and what was left out and why."""

import streamlit as st

from tlcore.data.manifest import Manifest
from tlcore.text import clean, plain
from tlcore.ui.components.picture_wall import Thumb, picture_wall
from tlcore.ui.components.static import numbers, say
from tlcore.ui.thumbnails import thumbnail
from tlcore.ui.words import count

_CLASSES_AT_ONCE = 12
_PICTURES_AT_ONCE = 9


def draw_numbers(manifest: Manifest) -> None:
    """Draw what the chosen set is, in numbers."""
    with st.container(key="card_set"):
        st.header(plain(manifest.name, 40), anchor=False)
        train, val = len(manifest.of("train")), len(manifest.of("val"))
        by = (
            "by its own folders" if manifest.split_by == "folders" else f"drawn by {manifest.split_by}, a fifth of each"
        )
        st.html(
            numbers(
                [
                    (f"{len(manifest.classes)}", "classes", ""),
                    (f"{train:,}", "pictures to learn from", ""),
                    (f"{val:,}", "to check with (validation)", by),
                    (f"{len(manifest.left_out):,}", "left out", "each with its reason" if manifest.left_out else ""),
                ]
            )
        )
        st.html(say(_balance(manifest), lead="To know:"))


def _balance(manifest: Manifest) -> str:
    totals = [a + b for a, b in zip(manifest.counts("train"), manifest.counts("val"), strict=True)]
    most, least = max(totals), min(totals)
    largest, smallest = (clean(manifest.classes[totals.index(extreme)], 40) for extreme in (most, least))
    if most >= 3 * least:
        return (
            f"the classes are uneven: {most} pictures of “{largest}”, {least} of “{smallest}”. "
            f"A network that always says “{largest}” would be right in {100 * most / sum(totals):.0f} % of cases."
        )
    return (
        f"the classes are about even, with {least} to {most} pictures each."
        if most > least
        else (f"every class has {most} pictures, so guessing would be right in {100 / len(totals):.0f} % of cases.")
    )


def draw_classes(manifest: Manifest) -> None:
    """Draw the classes, each with some of its pictures."""
    places = range(len(manifest.classes))
    first = 0
    if len(manifest.classes) > _CLASSES_AT_ONCE:
        pages = -(-len(manifest.classes) // _CLASSES_AT_ONCE)
        first = (st.pagination(pages, key="class_page") - 1) * _CLASSES_AT_ONCE
    train, val = manifest.counts("train"), manifest.counts("val")
    columns = st.columns(2)
    for number, label in enumerate(places[first : first + _CLASSES_AT_ONCE]):
        with columns[number % 2]:
            st.markdown(
                f"**{plain(manifest.classes[label], 40)}** &nbsp; {train[label]} to learn, {val[label]} to check"
            )
            examples = [example for example in manifest.examples if example.label == label][:_PICTURES_AT_ONCE]
            thumbs = [Thumb(id=example.id, image=thumbnail(example.id)) for example in examples]
            picture_wall(key=f"wall_{label}", thumbs=thumbs, size=72)


def draw_left_out(manifest: Manifest) -> None:
    """Draw which files are not in the set, and why, and what is worth knowing about those that are."""
    if manifest.left_out:
        st.caption("Nothing was deleted or changed; these files are only not used.")
        rows = {
            "File": [left.name for left in manifest.left_out],
            "Reason": [left.sentence for left in manifest.left_out],
            "Code": [left.code for left in manifest.left_out],
        }
        columns = st.column_config.TextColumn
        widths = {"File": columns(width=250), "Reason": columns(width=620), "Code": columns(width=110)}
        st.dataframe(rows, hide_index=True, width="stretch", column_config=widths)
    for notice in manifest.notices:
        st.caption(f"{count(notice.count, 'time')}, first {plain(notice.name)}: {plain(notice.sentence, 300)}")
    if manifest.ignored:
        st.caption(f"{count(manifest.ignored, 'system file')} ignored, such as .DS_Store.")
