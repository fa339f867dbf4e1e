"""What blocks make of every picture of a set, computed part after part by the desk, and taken along as a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import Block
from tlcore.catalog.stages import channels, stages
from tlcore.errors import ThawError
from tlcore.feature_table import FeatureTable, read_table
from tlcore.questions import Pool, Pooled
from tlcore.text import count, memory
from tlcore.ui.components.static import numbers, say
from tlcore.ui.session import store, workspace
from tlcore.ui.subject import Subject
from tlcore.ui.taking import damage

_PARTS = 100
"""Parts of a set at most."""
_PART = 64
"""Pictures in a part, of a set and a network that are small enough."""
_WORK = 150_000_000_000
"""Multiply-adds of a part of a set that is small enough: two or three seconds on two cores."""
_AHEAD = 2
"""Parts that the desk is asked for at a time, so that it does not wait for the page."""
_EVERY = 0.3
"""Seconds between looks whether a part is there."""
_MOST = 100_000_000
"""Numbers in a table; as text they are a gigabyte."""
_BYTES = 4
_LONGEST = 100
"""Characters of a file's name."""
_ASKED = "features_asked"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of file."""

    label: str
    ending: str
    mime: str
    write: Callable[[FeatureTable], bytes]


_KINDS = (
    _Kind("NumPy (.npy)", "npy", "application/octet-stream", FeatureTable.npy),
    _Kind("Parquet", "parquet", "application/vnd.apache.parquet", FeatureTable.parquet),
    _Kind("CSV", "csv", "text/csv", FeatureTable.csv),
)


def draw_features(subject: Subject) -> None:
    """Draw the choice of blocks, and the files with what they make of the whole set."""
    with st.container(key="card_features"):
        st.header("Features of the whole set", anchor=False)
        st.caption(
            "One row for each picture: the mean of every channel over the squares of the chosen blocks. With them "
            "any other program can sort, search or classify your pictures."
        )
        card = backbone(subject.backbone)
        blocks = [block for block in card.blocks[:-1] if block.shape]
        usual = [stage.block.name for stage in stages(card)][-2:]
        chosen = st.pills(
            "Blocks",
            [block.name for block in blocks],
            selection_mode="multi",
            default=usual,
            key=f"features_{card.name}",
        )
        taken = [block for block in blocks if block.name in chosen]
        if not taken:
            st.html(say("Choose at least one block.", lead=""))
            return
        _draw_files(subject, taken)


def _draw_files(subject: Subject, blocks: Sequence[Block]) -> None:
    pictures, width = len(subject.manifest.examples), sum(map(channels, blocks))
    facts = [
        (f"{pictures:,}", "pictures"),
        (f"{width:,}", "numbers for each"),
        (memory(pictures * width * _BYTES), "in all"),
    ]
    st.html(numbers([(value, words, "") for value, words in facts]))
    if pictures * width > _MOST:
        st.html(say(f"A table may hold {_MOST:,} numbers. Choose fewer blocks.", lead="Too many:", mark="cross"))
        return
    questions = _questions(subject, blocks)
    ready = [part for part in map(_known, questions) if part is not None]
    if len(ready) == len(questions):
        _downloads(subject, blocks, ready)
    elif st.session_state.get(_ASKED) == questions[0]:
        st.fragment(_go_on, run_every=_EVERY)(questions, pictures)
    elif st.button("Compute the features", key="features_go", type="primary"):
        st.session_state[_ASKED] = questions[0]
        st.rerun()


def _known(question: Pool) -> Pooled | None:
    """Return a part that is there; one whose file is missing or damaged is forgotten, so that it can be made anew."""
    part = store().asked.known(question)
    if part is not None and damage(part.sha256):
        store().asked.forget(question)
        return None
    return part


def _questions(subject: Subject, blocks: Sequence[Block]) -> list[Pool]:
    """Return what the desk is asked, part after part of the set."""
    pictures, card = len(subject.manifest.examples), backbone(subject.backbone)
    work = max(1, card.multiply_adds * subject.image_size**2 // card.sizes.usual**2)
    # The desk answers others between two parts; but of all answers it keeps only some hundreds.
    size = max(1, min(_PART, _WORK // work), -(-pictures // _PARTS))
    return [
        Pool(
            network=subject.network,
            data=subject.manifest.digest,
            blocks=tuple(block.name for block in blocks),
            first=first,
            count=min(size, pictures - first),
            workspace=workspace(),
        )
        for first in range(0, pictures, size)
    ]


def _go_on(questions: Sequence[Pool], pictures: int) -> None:
    """Ask for the parts that are missing, and say how far it is."""
    missing = [question for question in questions if store().asked.known(question) is None]
    if not missing:
        st.rerun()
    try:
        for question in missing[:_AHEAD]:
            store().asked.ask(question)
    except ThawError as error:
        st.html(say(str(error), lead="No features:", mark="cross"))
        return
    done = pictures - sum(question.count for question in missing)
    st.progress(done / pictures, text=f"{done:,} of {count(pictures, 'picture')}. It goes on while this page is open.")


def _downloads(subject: Subject, blocks: Sequence[Block], parts: Sequence[Pooled]) -> None:
    state = subject.checkpoint[:8] if subject.checkpoint else "untouched"
    name = "-".join(["thaw-features", subject.backbone, state, *(block.name for block in blocks)])[:_LONGEST]
    with st.container(horizontal=True):
        for kind in _KINDS:
            st.download_button(
                kind.label,
                # Made when asked for: a page must not hold a set's numbers three times.
                data=partial(_file, subject, parts, kind),
                file_name=f"{name}.{kind.ending}",
                mime=kind.mime,
                key=f"features_{kind.ending}",
                on_click="ignore",
            )
    st.html(
        say(
            f'`numpy.load(file)["{blocks[-1].name}"]` is the table of a block; the fields `file`, `class` and `split` '
            "say which picture each row is. Parquet has a column for each block, CSV one for each channel.",
            lead="How to read them:",
        )
    )


def _file(subject: Subject, parts: Sequence[Pooled], kind: _Kind) -> bytes:
    return kind.write(read_table(subject.manifest, [store().blobs.whole(part.sha256) for part in parts]))
