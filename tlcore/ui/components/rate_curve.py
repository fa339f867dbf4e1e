"""The curve of a rate finder with a marker on it that a person can drag, or move with the arrow keys."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from tlcore.config import HIGHEST_RATE
from tlcore.questions import RateCurve
from tlcore.ui.components.bridge import register, sent

# plotly.js writes its styles into the head of the page, where a shadow root would not see them.
_mount = register("rate_curve", "shared", "plotly", isolate=False)


def rate_curve(
    *,
    key: str,
    figure: Mapping[str, Any],
    curve: RateCurve,
    chosen: float,
    height: int,
    description: str,
    on_choose: Callable[[float], None],
) -> None:
    """Draw `figure` with the marker at the rate `chosen`; `on_choose` gets the rate where the marker was let go."""

    def answer() -> None:
        rate = read_rate(sent(key, "chosen"), curve)
        if rate is not None:
            on_choose(rate)

    _mount(
        key=key,
        data={
            "figure": dict(figure),
            "revision": key,
            "height": height,
            "description": description,
            "rates": list(curve.rates),
            "losses": list(curve.losses),
            "suggestion": curve.suggestion,
            "chosen": chosen,
        },
        on_chosen_change=answer,
    )


def read_rate(plain: Any, curve: RateCurve) -> float | None:
    """Return what the browser sent as a rate within the curve, in two digits, or None if it is none."""
    if not isinstance(plain, int | float) or isinstance(plain, bool) or not math.isfinite(plain):
        return None
    if not curve.rates[0] * 0.9 <= plain <= curve.rates[-1] * 1.1:
        return None
    return min(two_digits(plain), HIGHEST_RATE)


def two_digits(rate: float) -> float:
    """Return a rate in the two digits that say enough about it."""
    return float(f"{rate:.2g}")
