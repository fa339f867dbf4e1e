"""Questions about networks and pictures, and their answers; equal questions have one answer for good."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tlcore.questions.asking import AnswerKind, Asks, Network, Shown
from tlcore.questions.compared import Compare, Compared, Liken, Likeness
from tlcore.questions.plans import (
    PREVIEWED,
    SWEEP_STEPS,
    Doubt,
    Doubts,
    FindRate,
    Measure,
    Measured,
    Prepare,
    Prepared,
    RateCurve,
    Separate,
    Separation,
    Suspect,
)
from tlcore.questions.seen import See, Seen

__all__ = [
    "ANSWERS",
    "KINDS",
    "PREVIEWED",
    "SWEEP_STEPS",
    "Answer",
    "AnswerKind",
    "Asks",
    "Compare",
    "Compared",
    "Doubt",
    "Doubts",
    "FindRate",
    "Liken",
    "Likeness",
    "Measure",
    "Measured",
    "Network",
    "Prepare",
    "Prepared",
    "Question",
    "RateCurve",
    "See",
    "Seen",
    "Separate",
    "Separation",
    "Shown",
    "Suspect",
]

Question = See | FindRate | Measure | Separate | Doubt | Prepare | Compare | Liken
Answer = Seen | RateCurve | Measured | Separation | Doubts | Prepared | Compared | Likeness

KINDS: Mapping[str, type[Question]] = MappingProxyType({kind.__name__: kind for kind in Question.__args__})
ANSWERS: Mapping[type[Asks[Any]], type[Answer]] = MappingProxyType(
    {
        See: Seen,
        FindRate: RateCurve,
        Measure: Measured,
        Separate: Separation,
        Doubt: Doubts,
        Prepare: Prepared,
        Compare: Compared,
        Liken: Likeness,
    }
)
