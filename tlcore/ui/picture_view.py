"""One picture of a set, large, with what is known of its file."""

from collections.abc import Sequence

import streamlit as st

from tlcore.data.facts import Fact
from tlcore.data.manifest import Example, Manifest
from tlcore.errors import ThawError
from tlcore.figures.heatmaps import JPEG
from tlcore.questions import Prepare
from tlcore.text import clean
from tlcore.ui.components.static import facts_table, say
from tlcore.ui.session import chosen_album, draft, store, workspace
from tlcore.ui.thumbnails import thumbnail
from tlcore.ui.waiting import wait_for


def draw_picture(manifest: Manifest, example: Example) -> None:
    """Draw the picture and, beside it, its size, its kind, its notes, its side and where it lies."""
    question = preparation(manifest, example)
    image, told = st.columns([1.3, 1], vertical_alignment="center")
    with image:
        try:
            prepared = store().asked.ask(question)
        except ThawError as error:
            st.image(thumbnail(example.id))
            st.html(say(str(error), lead="Not shown large:", mark="cross"))
        else:
            st.image(JPEG + prepared.original if prepared else thumbnail(example.id), width="stretch")
            if prepared is None:
                wait_for(question, "Reading the picture.")
    (fact,) = facts_of([example])
    rows = [
        ("Name", example.name, ""),
        ("Class", manifest.classes[example.label], ""),
        ("Side", "to learn from" if example.split == "train" else "to check with", ""),
    ]
    if fact is not None:
        rows += [
            ("Pixels", f"{fact.width:,} × {fact.height:,}", ""),
            ("Kind", f"{fact.kind}{', grey' if fact.is_grey else ''}{', blank' if fact.is_blank else ''}", ""),
        ]
    rows.append(("Where it lies", clean(example.where, 200), ""))
    told.html(facts_table(rows))
    for note in fact.notes if fact else ():
        told.caption(note)


def preparation(manifest: Manifest, example: Example) -> Prepare:
    """Return the question what the planned network gets of a picture, without augmentation."""
    plan = draft()
    return Prepare(
        backbone=plan.backbone,
        weights=plan.weights,
        data=manifest.digest,
        picture=example.id,
        image_size=plan.image_size,
        seed=plan.seed,
        workspace=workspace(),
    )


def facts_of(examples: Sequence[Example]) -> list[Fact | None]:
    """Return what reading these files told; None where that was not kept."""
    album = chosen_album()
    facts = store().albums.survey(album).facts if album is not None and album.digest == draft().data else ()
    return [facts[example.place] if 0 <= example.place < len(facts) else None for example in examples]


def side_in_words(example: Example) -> str:
    """Return on which side of the split a picture is, in a word."""
    return "learn" if example.split == "train" else "check"
