"""A set of pictures as a page shows it: its numbers, and what was left out and why."""

from collections.abc import Sequence

import streamlit as st

from tlcore.data.balance import UNEVEN
from tlcore.data.manifest import LeftOut, Manifest
from tlcore.data.marks import MoveTo
from tlcore.store.albums import Album
from tlcore.text import clean, count, plain
from tlcore.ui.components.static import files, numbers, say

_FILES_AT_ONCE = 50


def draw_numbers(manifest: Manifest, album: Album | None) -> None:
    """Draw what the chosen set, which came of this album, is, in numbers."""
    with st.container(key="card_set"):
        st.header(plain(manifest.name, 40), anchor=False)
        train, val = len(manifest.of("train")), len(manifest.of("val"))
        usual = "" if "," in manifest.split_by else ", a fifth of each"
        by = "by its own folders" if manifest.split_by == "folders" else f"drawn by {manifest.split_by}{usual}"
        if moved := _moved(manifest, album):
            by = f"{by}; {count(moved, 'move')} by hand"
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


def _moved(manifest: Manifest, album: Album | None) -> int:
    """Return how many pictures of the set a hand put on a side, perhaps the one where they were."""
    moved = {place for mark in (album.marks if album else ()) if isinstance(mark, MoveTo) for place in mark.pictures}
    return sum(one.place in moved for one in manifest.examples) if moved else 0


def _balance(manifest: Manifest) -> str:
    totals = [a + b for a, b in zip(manifest.counts("train"), manifest.counts("val"), strict=True)]
    most, least = max(totals), min(totals)
    largest, smallest = (clean(manifest.classes[totals.index(extreme)], 40) for extreme in (most, least))
    if most >= UNEVEN * least:
        return (
            f"the classes are uneven: {most} pictures of “{largest}”, {least} of “{smallest}”. "
            f"A network that always says “{largest}” would be right in {100 * most / sum(totals):.0f} % of cases."
        )
    return (
        f"the classes are about even, with {least} to {most} pictures each."
        if most > least
        else (f"every class has {most} pictures, so guessing would be right in {100 / len(totals):.0f} % of cases.")
    )


def draw_left_out(manifest: Manifest) -> None:
    """Draw which files are not in the set, and why, and what is worth knowing about those that are."""
    if manifest.left_out:
        draw_files(manifest.left_out, key=f"left_out_{manifest.digest}")
    else:
        st.caption("No file was left out.")
    if manifest.ignored:
        st.caption(f"{count(manifest.ignored, 'system file')} ignored, such as .DS_Store.")
    if manifest.notices:
        st.subheader("Taken in, with a remark", anchor=False)
        st.html(files([(notice.names, notice.sentence, "") for notice in manifest.notices]))


def draw_files(left_out: Sequence[LeftOut], *, key: str) -> None:
    """Draw which files are not used, and why, some at a time."""
    st.caption("Nothing was deleted or changed; these files are only not used.")
    first = 0
    if len(left_out) > _FILES_AT_ONCE:
        first = (st.pagination(-(-len(left_out) // _FILES_AT_ONCE), key=f"page_{key}") - 1) * _FILES_AT_ONCE
    st.html(files([(one.name, one.sentence, one.code) for one in left_out[first : first + _FILES_AT_ONCE]]))
