"""What every process of a run has to know of it, and the trainer that each of them makes of that."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from tlcore.arithmetic import Arithmetic
from tlcore.config import RunConfig
from tlcore.engine.assemble import Assembly, assemble
from tlcore.engine.modality.augment import Augmenter
from tlcore.engine.numerics import PLAIN, Numerics
from tlcore.engine.peers import Peers
from tlcore.engine.pictures import Pictures
from tlcore.engine.runtime import Runtime, choose_runtime
from tlcore.engine.standing import SavePoint
from tlcore.engine.trainer import Trainer
from tlcore.engine.tuning import tuned
from tlcore.engine.wishes import HandedOn
from tlcore.errors import ChoiceError
from tlcore.events import Changed, Squeezed, Work
from tlcore.records import from_json, to_json
from tlcore.store import Store
from tlcore.store.datasets import Dataset
from tlcore.store.runs import AskedFor


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One run, as the first process hands it to the others."""

    config: RunConfig
    workspace: str
    repeated: tuple[Changed, ...]
    """Changes that an earlier try made and this one makes too."""
    arithmetic: Arithmetic | None = None
    """How an earlier try computed, so that this one goes on to the bit; None for the first, which takes the best."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """A trainer, and what it is made of."""

    dataset: Dataset
    assembly: Assembly
    numerics: Numerics
    train: Pictures
    trainer: Trainer


@contextmanager
def equipped(
    store: Store,
    task: Task,
    peers: Peers,
    wishes: Callable[[], Sequence[AskedFor]] = list,
    point: SavePoint | None = None,
    squeezed: Mapping[Work, Squeezed] = MappingProxyType({}),
) -> Iterator[Equipment]:
    """Lend what carries out a task with these peers; wishes and save point are the first one's to give.

    The network is the first one's too: other versions of torch draw other random numbers.
    """
    config, loader = task.config, task.config.loader
    dataset = store.datasets.by_digest(config.data, task.workspace)
    assembly = assemble(
        store,
        config.backbone,
        config.weights,
        dataset.manifest.classes,
        loader.image_size,
        config.seed,
        _runtime(config, peers),
    )
    if not peers.alone:
        assembly.module.load_state_dict(peers.hand_out(assembly.module.state_dict()))
        point = SavePoint.agreed(peers, point)
    augmenter = Augmenter(loader.augment, loader.image_size, config.seed) if loader.augment != "none" else None
    with (
        closing(_pictures(dataset, "train", assembly, augmenter, loader.views)) as train,
        closing(_pictures(dataset, "val", assembly)) as val,
    ):
        numerics = _numerics(store, task, assembly, peers, len(train), len(val))
        trainer = Trainer(
            assembly,
            config,
            train,
            val,
            HandedOn(peers, wishes),
            point,
            task.repeated,
            numerics,
            files=store.beginnings,
            squeezed=squeezed,
            peers=peers,
        )
        yield Equipment(dataset, assembly, numerics, train, trainer)


def _numerics(store: Store, task: Task, assembly: Assembly, peers: Peers, train: int, val: int) -> Numerics:
    """Return how all of them compute, which the first one finds out."""
    if task.arithmetic is not None:
        return Numerics.of(task.arithmetic)
    found = PLAIN if peers.rank else tuned(store, assembly, task.config, train, val)
    return Numerics.of(from_json(Arithmetic, peers.agree(to_json(found.arithmetic))))


def _runtime(config: RunConfig, peers: Peers) -> Runtime:
    runtime = choose_runtime(config.compute.device, peers.local)
    if runtime.device.type == "mps" and not peers.alone:
        raise ChoiceError("Several processes cannot share the Apple GPU.", "Train in one process, or on the CPU.")
    return runtime


def _pictures(
    dataset: Dataset, split: str, assembly: Assembly, augmenter: Augmenter | None = None, views: int = 0
) -> Pictures:
    examples = dataset.manifest.of(split)
    return Pictures(examples, dataset.file, assembly.encoder, assembly.runtime.device, augmenter, views)
