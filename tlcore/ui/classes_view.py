"""The classes of a set, page by page: found by name, in the order asked for, each with counts and some pictures."""

import streamlit as st

from tlcore.data.manifest import Manifest
from tlcore.text import clean, count, plain
from tlcore.ui.class_view import draw_class, open_class, opened_class
from tlcore.ui.components.class_list import ClassRow, class_list
from tlcore.ui.components.static import say
from tlcore.ui.marking import draw_told
from tlcore.ui.thumbnails import small

_AT_ONCE = 12
_PICTURES = 9
_ORDERS = ("Name", "Most first", "Fewest first")


def draw_classes(manifest: Manifest) -> None:
    """Draw the classes, or the one that is open."""
    if (label := opened_class(manifest)) is not None:
        draw_class(manifest, label)
        return
    draw_told()
    wanted, order = "", _ORDERS[0]
    if len(manifest.classes) > 2:
        search, choice = st.columns([1, 1.5], vertical_alignment="bottom")
        wanted = search.text_input("Find a class", key="class_search", placeholder="Part of its name")
        order = choice.segmented_control("Sorted by", _ORDERS, default=_ORDERS[0], required=True, key="class_order")
    labels = _found(manifest, wanted, order)
    if not labels:
        st.html(say(f"no class has “{clean(wanted, 40)}” in its name.", lead="Nothing found:", mark="search"))
        return
    pages = -(-len(labels) // _AT_ONCE)
    page = 1
    if pages > 1:
        found = f" with “{plain(wanted, 40)}”" if wanted else ""
        st.caption(f"{count(len(labels), 'class', 'classes')}{found}. Click one to see all its pictures.")
        page = st.pagination(pages, key=f"class_page_{order}_{wanted}_{pages}")
    train, val = manifest.counts("train"), manifest.counts("val")
    rows = [
        ClassRow(
            id=str(label),
            name=clean(manifest.classes[label], 80),
            train=train[label],
            val=val[label],
            images=tuple(small(example.id) for example in manifest.of_class(label)[:_PICTURES]),
        )
        for label in labels[_AT_ONCE * (page - 1) : _AT_ONCE * page]
    ]
    most = max(a + b for a, b in zip(train, val, strict=True))
    class_list(key="classes", rows=rows, most=most, on_open=lambda label: open_class(manifest.classes[int(label)]))


def _found(manifest: Manifest, wanted: str, order: str) -> list[int]:
    """Return the labels of the classes with `wanted` in their names, in this order; of equal ones, by name."""
    part = wanted.strip().casefold()
    labels = [label for label, name in enumerate(manifest.classes) if part in name.casefold()]
    if order == _ORDERS[0]:
        return sorted(labels, key=lambda label: manifest.classes[label].casefold())
    sign = -1 if order == _ORDERS[1] else 1
    return sorted(labels, key=lambda label: (sign * len(manifest.of_class(label)), manifest.classes[label].casefold()))
