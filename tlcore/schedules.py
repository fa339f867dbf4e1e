"""How rates go within a phase: each schedule is a factor on the base rates, step by step."""

from math import cos, pi

from tlcore.config import Phase

_RISE = 0.3
"""Share of the steps in which one cycle rises."""
_START, _END = 1 / 25, 1 / 25 / 1e4
_TENTH = 0.1
_STAIRS = 3


def factor(phase: Phase, step: int, steps_per_epoch: int) -> float:
    """Return what the base rates are multiplied by in step `step` of the phase, counted from 0.

    A warm-up rises in equal parts (Goyal et al. 2017); the schedule runs over the steps after it. `cosine` falls to 0
    (Loshchilov and Hutter 2017, without restarts). `one_cycle` rises from 1/25 over the first 30 % and falls to
    1/250,000 (Smith and Topin 2018, as torch's OneCycleLR but for momentum, which stays). `step` takes a tenth after
    each third.
    """
    warm = round(phase.warmup * steps_per_epoch)
    if step < warm:
        return (step + 1) / (warm + 1)
    steps = phase.epochs * steps_per_epoch - warm
    match phase.shape:
        case "cosine":
            return (1 + cos(pi * (step - warm) / steps)) / 2
        case "one_cycle":
            return _one_cycle(step - warm, steps)
        case "step":
            return _TENTH ** (_STAIRS * (step - warm) // steps)
    return 1.0


def _one_cycle(step: int, steps: int) -> float:
    peak = _RISE * steps - 1
    if steps == 1:
        return 1.0
    if step <= peak:
        return _between(_START, 1.0, step / peak)
    return _between(1.0, _END, (step - max(peak, 0.0)) / (steps - 1 - max(peak, 0.0)))


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + cos(pi * share)) / 2
