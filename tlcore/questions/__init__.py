"""Questions about networks and pictures, and their answers; equal questions have one answer for good."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tlcore.questions.asking import AnswerKind, Asks, Network, Shown
from tlcore.questions.attribution import Explain, Explanation, Rank, Ranked
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
    "Doubt",
    "Doubts",
    "Explain",
    "Explanation",
    "FindRate",
    "Measure",
    "Measured",
    "Network",
    "Prepare",
    "Prepared",
    "Question",
    "Rank",
    "Ranked",
    "RateCurve",
    "See",
    "Seen",
    "Separate",
    "Separation",
    "Shown",
    "Suspect",
]

Question = See | Rank | Explain | FindRate | Measure | Separate | Doubt | Prepare
Answer = Seen | Ranked | Explanation | RateCurve | Measured | Separation | Doubts | Prepared

KINDS: Mapping[str, type[Question]] = MappingProxyType({kind.__name__: kind for kind in Question.__args__})
ANSWERS: Mapping[type[Asks[Any]], type[Answer]] = MappingProxyType(
    {
        See: Seen,
        Rank: Ranked,
        Explain: Explanation,
        FindRate: RateCurve,
        Measure: Measured,
        Separate: Separation,
        Doubt: Doubts,
        Prepare: Prepared,
    }
)
