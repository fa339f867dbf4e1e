"""How rates go within a phase: each schedule is a factor on the base rates, step by step."""

from math import cos, pi

from tlcore.config import Phase

ONE_CYCLE_RISE = 0.3
ONE_CYCLE_START = 1 / 25
ONE_CYCLE_END = 1e-4
STEP_FACTOR = 0.1
STEPS = 3


def factor(phase: Phase, step: int, steps_per_epoch: int) -> float:
    """Return what the base rates are multiplied by in step `step` of the phase, counted from 0.

    A warm-up rises in equal parts to 1 (Goyal et al. 2017); the schedule runs over the steps after it. `cosine` falls
    to 0 (Loshchilov and Hutter 2017, without restarts); `one_cycle` rises from 1/25 over the first 30 % and falls to
    1/10,000 (Smith and Topin 2018, rates only: momentum stays); `step` takes a tenth after each third.
    """
    warm = round(phase.warmup * steps_per_epoch)
    if step < warm:
        return (step + 1) / (warm + 1)
    done = (step - warm) / max(1, phase.epochs * steps_per_epoch - warm)
    match phase.shape:
        case "cosine":
            return (1 + cos(pi * done)) / 2
        case "one_cycle" if done < ONE_CYCLE_RISE:
            return _between(ONE_CYCLE_START, 1.0, done / ONE_CYCLE_RISE)
        case "one_cycle":
            return _between(1.0, ONE_CYCLE_END, (done - ONE_CYCLE_RISE) / (1 - ONE_CYCLE_RISE))
        case "step":
            return STEP_FACTOR ** min(STEPS - 1, int(done * STEPS))
    return 1.0


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + cos(pi * share)) / 2
