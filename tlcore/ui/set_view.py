"""A set of pictures as a page shows it: its numbers, and what was left out and why."""

from collections.abc import Sequence

import streamlit as st

from tlcore.data.balance import UNEVEN
from tlcore.data.manifest import LeftOut, Manifest
from tlcore.text import clean, count, plain
from tlcore.ui.components.static import numbers, say


def draw_numbers(manifest: Manifest) -> None:
    """Draw what the chosen set is, in numbers."""
    with st.container(key="card_set"):
        st.header(plain(manifest.name, 40), anchor=False)
        train, val = len(manifest.of("train")), len(manifest.of("val"))
        usual = "" if "," in manifest.split_by else ", a fifth of each"
        by = "by its own folders" if manifest.split_by == "folders" else f"drawn by {manifest.split_by}{usual}"
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
        draw_files(manifest.left_out)
    for notice in manifest.notices:
        st.caption(f"{count(notice.count, 'time')}, first {plain(notice.name)}: {plain(notice.sentence, 300)}")
    if manifest.ignored:
        st.caption(f"{count(manifest.ignored, 'system file')} ignored, such as .DS_Store.")


def draw_files(left_out: Sequence[LeftOut]) -> None:
    """Draw which files are not used, and why."""
    st.caption("Nothing was deleted or changed; these files are only not used.")
    rows = {
        "File": [left.name for left in left_out],
        "Reason": [left.sentence for left in left_out],
        "Code": [left.code for left in left_out],
    }
    columns = st.column_config.TextColumn
    widths = {"File": columns(width=250), "Reason": columns(width=620), "Code": columns(width=110)}
    st.dataframe(rows, hide_index=True, width="stretch", column_config=widths)
