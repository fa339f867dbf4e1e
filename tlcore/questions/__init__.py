"""Questions about networks and pictures, and their answers; equal questions have one answer for good."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tlcore.questions.asking import OWN, AnswerKind, Asks, Network, Shown
from tlcore.questions.attribution import Explain, Explanation, Rank, Ranked
from tlcore.questions.channels import Excite, Excited, SingledOut, SingleOut
from tlcore.questions.compared import Compare, Compared, Liken, Likeness
from tlcore.questions.gradients import Differentiate, Gradients
from tlcore.questions.health import Examine, Health
from tlcore.questions.hooked import Inspect, Inspected
from tlcore.questions.kept import Keep, Kept
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
from tlcore.questions.pooling import Pool, Pooled
from tlcore.questions.seen import See, Seen
from tlcore.questions.set_map import Chart, Charted, Unfold, Unfolded

__all__ = [
    "ANSWERS",
    "KINDS",
    "OWN",
    "PREVIEWED",
    "SWEEP_STEPS",
    "Answer",
    "AnswerKind",
    "Asks",
    "Chart",
    "Charted",
    "Compare",
    "Compared",
    "Differentiate",
    "Doubt",
    "Doubts",
    "Examine",
    "Excite",
    "Excited",
    "Explain",
    "Explanation",
    "FindRate",
    "Gradients",
    "Health",
    "Inspect",
    "Inspected",
    "Keep",
    "Kept",
    "Liken",
    "Likeness",
    "Measure",
    "Measured",
    "Network",
    "Pool",
    "Pooled",
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
    "SingleOut",
    "SingledOut",
    "Suspect",
    "Unfold",
    "Unfolded",
]

Question = (
    See
    | SingleOut
    | Excite
    | FindRate
    | Measure
    | Separate
    | Doubt
    | Prepare
    | Inspect
    | Keep
    | Differentiate
    | Examine
    | Chart
    | Unfold
    | Pool
    | Rank
    | Explain
    | Compare
    | Liken
)
Answer = (
    Seen
    | SingledOut
    | Excited
    | RateCurve
    | Measured
    | Separation
    | Doubts
    | Prepared
    | Inspected
    | Kept
    | Gradients
    | Health
    | Charted
    | Unfolded
    | Pooled
    | Ranked
    | Explanation
    | Compared
    | Likeness
)

KINDS: Mapping[str, type[Question]] = MappingProxyType({kind.__name__: kind for kind in Question.__args__})
ANSWERS: Mapping[type[Asks[Any]], type[Answer]] = MappingProxyType(
    {
        See: Seen,
        SingleOut: SingledOut,
        Excite: Excited,
        Differentiate: Gradients,
        Examine: Health,
        Pool: Pooled,
        Rank: Ranked,
        Explain: Explanation,
        FindRate: RateCurve,
        Measure: Measured,
        Separate: Separation,
        Doubt: Doubts,
        Prepare: Prepared,
        Inspect: Inspected,
        Keep: Kept,
        Chart: Charted,
        Unfold: Unfolded,
        Compare: Compared,
        Liken: Likeness,
    }
)
