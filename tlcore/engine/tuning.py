"""Finds the way in which this machine computes a network fastest, among those that give sound numbers."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, interpolate

from tlcore.arithmetic import Pace, Paces, within_reach
from tlcore.config import Precision, RunConfig
from tlcore.engine.assemble import Assembly
from tlcore.engine.borrowing import borrowed
from tlcore.engine.numerics import PLAIN, Numerics
from tlcore.engine.portions import is_shortage
from tlcore.engine.runtime import Runtime, finished
from tlcore.engine.soundness import Soundness
from tlcore.errors import ChoiceError
from tlcore.store import Store
from tlcore.workload import work_of_a_picture, workload

Look = Callable[[], None]
"""Raises where whoever measures should leave off."""

_WORK = {"cpu": 1e9, "mps": 1e11, "cuda": 1e12}
"""Multiply-adds to answer the pictures of one measured step: enough to fill the device, little enough to be quick."""
_FEWEST = 2
"""Pictures of a measured step: BatchNorm cannot learn from one."""
_PATIENCE = 0.3
"""Seconds of timed rounds, unless already the first one takes more."""
_FAR = 2.0
"""Times as long as the plain way, the first time; nothing that is so slow is timed again."""
_PATCHES = 4
"""Patches along the side of a made-up picture."""
_NOISE = 0.3
_FAILS = (RuntimeError, NotImplementedError, TypeError)
"""What torch raises where a device cannot compute something in some way; the last is MPS's, of numbers it lacks."""


def tuned(store: Store, assembly: Assembly, config: RunConfig, train: int, val: int) -> Numerics:
    """Return the way to carry out `config`: the one it names, or the best for so many pictures, measured if need be.

    Raises ChoiceError if it names one that the device does not have.
    """
    work = workload(config, train, val)
    learned = work.share if work.worth_tuning else None
    return numerics_for(store, assembly, config.weights, config.loader.batch_size, config.compute.precision, learned)


def numerics_for(
    store: Store, assembly: Assembly, weights: str, batch_size: int, wanted: Precision, learned: float | None
) -> Numerics:
    """Return what `tuned` does for a plan that learns from this share of its pictures.

    `weights` is what the network began with; `learned` is None for a plan too small for measuring to pay.
    """
    device = assembly.runtime.device
    if wanted == "tf32" and device.type != "cuda":
        raise ChoiceError("This device has no tf32.", "It takes auto, float32 or bfloat16.")
    if wanted != "auto":
        return Numerics(numbers=wanted)
    if learned is None:
        return PLAIN
    paces = paces_of(store, assembly, weights, batch_size)
    # Without: the plan itself may fit, in parts; and at another time there is more room.
    return Numerics.of(paces.best(learned)) if paces else PLAIN


def paces_of(
    store: Store, assembly: Assembly, weights: str, batch_size: int, look: Look = lambda: None
) -> Paces | None:
    """Return what was measured of this network on this machine, or measure it now; None where memory is too short.

    `look` is called several times a second of that; what it raises ends the measuring.
    """
    card, runtime = assembly.card, assembly.runtime
    size = assembly.encoder.preprocessing.crop
    key = tuning_key(runtime, card.name, weights, size)
    paces = store.tunings.of(key)
    if paces is None:
        enough = round(_WORK[runtime.device.type] / work_of_a_picture(card, size))
        pictures = min(batch_size, max(_FEWEST, enough))
        paces = _measured_in_memory(assembly, candidates(runtime.device), pictures, look)
        # What the steps took stays with the C library, and the run would seem to need it.
        gc.collect()
        runtime.give_back()
        if paces is not None:
            store.tunings.keep(key, paces)
    return paces


def tuning_key(runtime: Runtime, backbone: str, weights: str, image_size: int) -> str:
    """Return what tells this machine, these libraries and this network from all others."""
    return "\n".join(
        (
            runtime.processor,
            f"{runtime.device.type}, torch {torch.__version__}",
            f"{backbone}, {weights}, {image_size} pixels",
        )
    )


def _measured_in_memory(assembly: Assembly, ways: list[Numerics], pictures: int, look: Look) -> Paces | None:
    """Measure with as many of these pictures as the memory holds; None where it does not even hold the fewest."""
    while True:
        try:
            return measure(assembly, ways, pictures, look)
        except (MemoryError, RuntimeError) as error:
            if not is_shortage(error):
                raise
        # Only out here: the error holds the frames it came through, and they what did not fit.
        gc.collect()
        assembly.runtime.give_back()
        if pictures <= _FEWEST:
            return None
        pictures = max(_FEWEST, pictures // 2)


def candidates(device: torch.device) -> list[Numerics]:
    """Return the ways that may pay on this device, the plain one first."""
    ways = [PLAIN, Numerics(channels_last=False)]
    if device.type == "cuda":
        ways.append(Numerics(numbers="tf32"))
    if _has_bfloat16(device):
        ways.append(Numerics(numbers="bfloat16"))
    return ways


def _has_bfloat16(device: torch.device) -> bool:
    """Say whether the device multiplies bfloat16 itself; where it only acts as if, that is slower than float32."""
    match device.type:
        case "cuda":
            return bool(torch.cuda.is_bf16_supported(including_emulation=False))
        case "cpu":
            # They are torch's own and may go: then it is not tried.
            return any(
                getattr(torch.cpu, name, lambda: False)()
                for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
            )
    return True


def measure(assembly: Assembly, ways: list[Numerics], pictures: int, look: Look = lambda: None) -> Paces:
    """Time these ways, the plain one first, with so many pictures made up; leave out those that are not sound.

    The assembly is as it was afterwards, except for how its weights lie in memory, and so is torch's random state;
    also where `look`, which is called before every answer and step, raises.
    """
    module, device = assembly.module, assembly.runtime.device
    with borrowed(module, device), _one_thread(device), torch.enable_grad():
        inputs = _made_up(pictures, assembly.encoder.preprocessing.crop).to(device)
        targets = torch.arange(pictures, device=device) % len(assembly.classes)
        paces = within_reach(_paces(module, ways, inputs, targets, look))
        if len(paces) > 1:
            soundness = Soundness(module, inputs, targets, look)
            paces = [pace for pace in paces if soundness.of(Numerics.of(pace.arithmetic))]
    return Paces(ways=tuple(paces))


def _paces(module: nn.Module, ways: list[Numerics], inputs: Tensor, targets: Tensor, look: Look) -> list[Pace]:
    """Return the least times of a round or a few; the round before them warms up, and shows which are far too slow."""
    first: dict[Numerics, float] = {}
    for way in ways:
        try:
            first[way] = sum(_time(module, way, inputs, targets, look))
        except _FAILS as error:
            if way == PLAIN or is_shortage(error):
                raise
    least = {way: (inf, inf) for way, seconds in first.items() if seconds <= _FAR * first[PLAIN]}
    spent = latest = 0.0
    while not spent or spent + latest < _PATIENCE:
        latest = 0.0
        for way, before in least.items():
            now = _time(module, way, inputs, targets, look)
            least[way] = (min(before[0], now[0]), min(before[1], now[1]))
            latest += sum(now)
        spent += latest
    return [
        Pace(arithmetic=way, answer=answer / len(inputs), step=step / len(inputs))
        for way, (answer, step) in least.items()
    ]


def _time(module: nn.Module, way: Numerics, inputs: Tensor, targets: Tensor, look: Look) -> tuple[float, float]:
    """Return the seconds of an answer and of a step, less what the optimizer takes, which is the same in every way."""
    way.lay_out(module)
    laid_out = way.laid_out(inputs)
    look()
    clock = [_clock(inputs.device)]
    with torch.no_grad(), way.on(inputs.device):
        module.eval()(laid_out)
    clock.append(_clock(inputs.device))
    look()
    module.train().zero_grad()
    clock.append(_clock(inputs.device))
    with way.on(inputs.device):
        logits = module(laid_out)
    cross_entropy(logits.float(), targets).backward()  # type: ignore[no-untyped-call]
    clock.append(_clock(inputs.device))
    return clock[1] - clock[0], clock[3] - clock[2]


def _clock(device: torch.device) -> float:
    """Return the seconds that this thread has worked, or where a device does the work, those that have passed."""
    if device.type == "cpu":
        return time.thread_time()
    finished(device)
    return time.perf_counter()


@contextmanager
def _one_thread(device: torch.device) -> Iterator[None]:
    """Compute on the CPU in this thread only, whose clock stands still while others have the core.

    Several threads wait for the slowest: on a machine that does other things as well, ways that are alike came out
    four times apart.
    """
    threads = torch.get_num_threads()
    try:
        if device.type == "cpu":
            torch.set_num_threads(1)
        yield
    finally:
        torch.set_num_threads(threads)


def _made_up(pictures: int, side: int) -> Tensor:
    """Return pictures (N, 3, side, side) of large patches with some noise, which differ from one another as real ones.

    To a network, pictures of noise alone are all the same: what tells them apart is then mostly rounding.
    """
    generator = torch.Generator().manual_seed(0)
    patches = torch.randn(pictures, 3, _PATCHES, _PATCHES, generator=generator)
    noise = torch.randn(pictures, 3, side, side, generator=generator)
    return interpolate(patches, size=(side, side), mode="bicubic") + _NOISE * noise
