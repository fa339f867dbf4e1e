"""What the marks on the map of a set look like: by class, or by whether the network is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from tlcore.data.manifest import Manifest
from tlcore.data.thumbnails import thumbnail_path
from tlcore.figures.sheet import COLUMNS, SIDE, sheet
from tlcore.packing import pack, unpack
from tlcore.questions import Charted
from tlcore.text import clean
from tlcore.ui.components.set_map import COLOURS, OTHERS, Group, Plane
from tlcore.ui.session import store

_ALL_MARKED = 2 * COLOURS
"""Most classes that all have a mark of their own: the second eight are hollow."""
_LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Colouring:
    """Which mark each picture has, and what the marks mean."""

    legend: str
    groups: tuple[Group, ...]
    group_of: Sequence[int]


def choose_classes(manifest: Manifest, sizes: Sequence[int]) -> list[int]:
    """Return the classes that have a mark of their own; where they are too many, they are chosen, by search."""
    everything = list(range(len(manifest.classes)))
    if len(everything) <= _ALL_MARKED:
        return everything
    largest = sorted(everything, key=lambda label: (-sizes[label], label))[:COLOURS]
    return st.multiselect(
        "Classes in colour",
        everything,
        default=largest,
        format_func=lambda label: clean(manifest.classes[label], _LONGEST),
        max_selections=COLOURS,
        key=f"map_classes_{manifest.digest}",
    )


def by_class(manifest: Manifest, labels: Sequence[int], marked: Sequence[int]) -> Colouring:
    """Colour the pictures of these `labels` by class; those of classes that are not `marked` are grey."""
    own = {label: number for number, label in enumerate(marked)}
    numbers = [own.get(label, len(marked)) for label in labels]
    groups = [
        Group(
            name=clean(manifest.classes[label], _LONGEST),
            count=numbers.count(number),
            colour=f"class-{number % COLOURS}",
            shape=number % COLOURS,
            hollow=number >= COLOURS,
        )
        for label, number in own.items()
    ]
    if len(marked) < len(manifest.classes):
        groups.append(Group(name="other classes", count=numbers.count(len(marked)), colour=OTHERS))
    return Colouring(legend="Classes", groups=tuple(groups), group_of=numbers)


def by_answer(labels: Sequence[int], answers: Sequence[int]) -> Colouring:
    """Colour pictures by whether the network takes them for their class."""
    wrong = [int(label != answer) for label, answer in zip(labels, answers, strict=True)]
    groups = (
        Group(name="right", count=wrong.count(0), colour=OTHERS),
        Group(name="wrong", count=wrong.count(1), colour="wrong", shape=6),
    )
    return Colouring(legend="Answers", groups=groups, group_of=wrong)


def plane(manifest: Manifest, charted: Charted, points: str, near: str, colouring: Colouring, judged: bool) -> Plane:
    """Return what the map draws: the pictures that were looked at, at these points; if `judged`, with mistakes."""
    examples = [manifest.examples[place] for place in unpack(charted.places)]
    classes = tuple(clean(name, _LONGEST) for name in manifest.classes)
    answers = unpack(charted.answers) if judged else [example.label for example in examples]
    notes = tuple(
        f"taken for {classes[answer]}" if answer != example.label else ""
        for example, answer in zip(examples, answers, strict=True)
    )
    return Plane(
        points=points,
        near=near,
        group_of=pack(colouring.group_of),
        groups=colouring.groups,
        legend=colouring.legend,
        names=tuple(clean(example.name, _LONGEST) for example in examples),
        classes=classes,
        class_of=tuple(example.label for example in examples),
        notes=notes,
        columns=COLUMNS,
        side=SIDE,
    )


def sheet_of(manifest: Manifest, charted: Charted) -> str:
    """Return the small pictures of those that were looked at, on one sheet, as a data URI."""
    pictures = (manifest.examples[place].id for place in unpack(charted.places))
    paths = [thumbnail_path(store().thumbnails, picture) for picture in pictures]
    # One that is not there yet may come; then the sheet is made anew.
    return _sheet(tuple(path if path.is_file() else None for path in paths))


@st.cache_data(max_entries=16, show_spinner=False)
def _sheet(paths: tuple[Path | None, ...]) -> str:
    return sheet([path.read_bytes() if path else None for path in paths])
