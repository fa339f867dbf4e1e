"""What a plan will take on this machine, in seconds and in bytes, reckoned from a few measured steps."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tlcore.arithmetic import libraries
from tlcore.catalog.backbones import backbone
from tlcore.catalog.weights import SCRATCH, is_here
from tlcore.config import RunConfig
from tlcore.data.limits import BEGINNINGS_BYTES, BEGINNINGS_IN_MEMORY, KEPT_READY
from tlcore.data.manifest import Manifest
from tlcore.questions import Measure, Measured
from tlcore.timeline import Stretch, steps_per_epoch, stretches
from tlcore.workload import workload

Kept = Callable[[str, Sequence[str]], int]
"""Says of how many of these pictures the store holds rows of a beginning, which is told by its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a whole run will take; its memory is that of the stretch which takes most."""

    seconds: float
    """From the first picture read to the last one answered, as a run counts them."""
    start: float
    """Seconds before that, until the network stands."""
    process: int
    """Bytes of the process besides the network: its libraries, and what these set aside while they compute."""
    weights: int
    """Bytes; among them the copy that drift is measured against."""
    gradients: int
    optimizer: int
    """Bytes of what AdamW keeps for each weight that has learned: two numbers."""
    activations: int
    """Bytes that a step keeps for its way back."""
    pictures: int
    """Bytes of the pictures that are kept ready, and of what frozen beginnings make of them until it is written; 0
    where they lie in another memory than the network."""
    kept: int
    """Pictures of which an earlier run has left what a frozen beginning makes, in the phase with the most of them."""

    @property
    def memory(self) -> int:
        """Bytes in all."""
        return sum((self.process, self.weights, self.gradients, self.optimizer, self.activations, self.pictures))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """What decides the cost of a step in a stretch."""

    blocks: tuple[str, ...]
    """Those that learn."""
    moving: bool
    """Whether the statistics of the others move, so that nothing stays as it is."""
    first: int
    """The first block that does not stay as it is, counted from 0."""


def what_to_measure(config: RunConfig, manifest: Manifest, workspace: str) -> Measure:
    """Return the question whose answer an estimate of `config` on this set needs."""
    work = workload(config, len(manifest.of("train")), len(manifest.of("val")))
    weights = config.weights if is_here(backbone(config.backbone), config.weights) else SCRATCH
    ways = _ways(config, manifest)
    return Measure(
        backbone=config.backbone,
        data=config.data,
        learning=tuple(way.blocks for way in ways),
        moving=tuple(way.moving for way in ways),
        image_size=config.loader.image_size,
        batch_size=config.loader.batch_size,
        weights=weights,
        augment=config.loader.augment,
        anew=not _drawings(config),
        precision=config.compute.precision,
        worth_tuning=work.worth_tuning,
        learned=work.share,
        libraries=libraries(),
        workspace=workspace,
    )


def estimate(
    config: RunConfig, manifest: Manifest, measured: Measured, kept: Kept = lambda _key, _pictures: 0
) -> Estimate:
    """Return what `config` will take, from the answer to `what_to_measure`, stretch by stretch.

    Every picture is read once; each epoch learns from all training pictures and answers all validation pictures, and
    is written down. What does not fit into the memory for pictures is read again in every epoch. What a frozen
    beginning makes of a picture is computed once, and once more where a block of it has learned in between, unless it
    is `kept`; a picture that is kept for all stretches is not even read.
    """
    ways = _ways(config, manifest)
    names = [[example.id for example in manifest.of(split)] for split in ("train", "val")]
    splits = [len(each) for each in names]
    drawn = (_drawings(config), 1)
    listed = [
        [kept(key, each) if key and drawings == 1 else 0 for each, drawings in zip(names, drawn, strict=True)]
        for key in measured.keys
    ]
    batch = min(config.loader.batch_size, splits[0])
    room = KEPT_READY // measured.picture
    again = measured.reading * sum(max(0, count - room) for count in splits)
    seconds = again * (config.epochs - 1)
    waiting = most = 0
    unread = splits
    begun: list[int] = []
    passed: dict[tuple[int, int], float] = {}
    for part in _parts(config, manifest):
        way = _way(config, part)
        place = ways.index(way)
        epochs = (part.ends - part.begins) / _per_epoch(config, manifest)
        seconds += epochs * measured.saving[place]
        moves = sum(earlier < way.first for earlier in begun)
        begun.append(way.first)
        before = passed.get((way.first, moves), 0.0)
        passed[way.first, moves] = before + epochs
        known = [0, 0] if moves else listed[place]
        unread = [min(pair) for pair in zip(unread, known, strict=True)]
        most = max(most, sum(known))
        row = measured.rows[place]
        for count, there, cost, drawings in zip(
            splits, known, (measured.steps[place], measured.answering[place]), drawn, strict=True
        ):
            # Where every epoch draws its own pictures, steps were measured with their beginning.
            fits = count * drawings * row <= BEGINNINGS_BYTES
            computed = min(before + epochs, drawings) - min(before, drawings) if fits else epochs
            new = count - there
            seconds += (count * epochs * cost + new * computed * measured.beginnings[place]) / batch
            waiting = max(waiting, min(BEGINNINGS_IN_MEMORY, new * drawings * row))
    seconds += measured.reading * (sum(splits) - sum(unread))
    largest = max(zip(measured.gradients, measured.optimizer, measured.activations, strict=True), key=sum)
    ready = measured.picture * sum(min(count - each, room) for count, each in zip(splits, unread, strict=True))
    return Estimate(
        seconds=seconds,
        start=measured.start,
        process=measured.process,
        weights=measured.weights,
        gradients=largest[0],
        optimizer=largest[1],
        activations=largest[2],
        pictures=ready + waiting if measured.holds_pictures else 0,
        kept=most,
    )


def _drawings(config: RunConfig) -> int:
    """Return how many drawings of a training picture come again; 0 if every epoch draws its own."""
    return config.loader.views if config.loader.augment != "none" else 1


def _parts(config: RunConfig, manifest: Manifest) -> Iterator[Stretch]:
    return stretches(config.schedule, config.changes, _per_epoch(config, manifest))


def _per_epoch(config: RunConfig, manifest: Manifest) -> int:
    return steps_per_epoch(len(manifest.of("train")), config.loader.batch_size)


def _ways(config: RunConfig, manifest: Manifest) -> tuple[_Way, ...]:
    return tuple(dict.fromkeys(_way(config, part) for part in _parts(config, manifest)))


def _way(config: RunConfig, part: Stretch) -> _Way:
    every = backbone(config.backbone).block_names
    blocks = tuple(name for name in every if part.rates.get(name, 0.0) > 0.0)
    moving = config.schedule[part.phase].moving_statistics
    return _Way(blocks=blocks, moving=moving, first=0 if moving else every.index(blocks[0]))
