"""Questions about networks and pictures, and their answers; equal questions have one answer for good."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tlcore.questions.asking import AnswerKind, Asks, Network, Shown
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
from tlcore.questions.set_map import Chart, Charted, Unfold, Unfolded

__all__ = [
    "ANSWERS",
    "KINDS",
    "PREVIEWED",
    "SWEEP_STEPS",
    "Answer",
    "AnswerKind",
    "Asks",
    "Chart",
    "Charted",
    "Doubt",
    "Doubts",
    "FindRate",
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
    "Unfold",
    "Unfolded",
]

Question = See | FindRate | Measure | Separate | Doubt | Prepare | Chart | Unfold
Answer = Seen | RateCurve | Measured | Separation | Doubts | Prepared | Charted | Unfolded

KINDS: Mapping[str, type[Question]] = MappingProxyType({kind.__name__: kind for kind in Question.__args__})
ANSWERS: Mapping[type[Asks[Any]], type[Answer]] = MappingProxyType(
    {
        See: Seen,
        FindRate: RateCurve,
        Measure: Measured,
        Separate: Separation,
        Doubt: Doubts,
        Prepare: Prepared,
        Chart: Charted,
        Unfold: Unfolded,
    }
)
