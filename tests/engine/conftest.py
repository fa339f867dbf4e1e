"""What the tests of the engine share: networks put together, runs carried out, and counts of what they leave."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.engine.breaking import BLOCKS, CutOffError, Tale, tale
from tlcore.config import Change, Phase, RunConfig
from tlcore.engine import task, work
from tlcore.engine.assemble import Assembly, assemble
from tlcore.engine.pictures import Pictures
from tlcore.engine.runtime import choose_runtime
from tlcore.engine.trainer import Trainer
from tlcore.events import Event, Interrupted, Squeezed, Work
from tlcore.store import Store
from tlcore.store.claims import Claimant
from tlcore.store.datasets import Dataset
from tlcore.store.runs import AskedFor


@pytest.fixture
def put_together(store: Store) -> Callable[[RunConfig, Dataset], Assembly]:
    """Assemble the network of a plan."""

    def assembled(config: RunConfig, dataset: Dataset) -> Assembly:
        return assemble(
            store,
            config.backbone,
            config.weights,
            dataset.manifest.classes,
            config.loader.image_size,
            config.seed,
            choose_runtime("cpu"),
        )

    return assembled


@pytest.fixture
def trainer(put_together: Callable[[RunConfig, Dataset], Assembly]) -> Callable[..., tuple[Assembly, Trainer]]:
    """Make a trainer with its network; at most so many pictures to learn from."""
    opened: list[Pictures] = []

    def make(
        config: RunConfig,
        dataset: Dataset,
        most: int = 100,
        wishes: Callable[[], list[AskedFor]] = list,
        squeezed: Mapping[Work, Squeezed] = MappingProxyType({}),
    ) -> tuple[Assembly, Trainer]:
        assembly = put_together(config, dataset)
        train, val = (
            Pictures(dataset.manifest.of(split)[::-1][:most], dataset.file, assembly.encoder, torch.device("cpu"))
            for split in ("train", "val")
        )
        opened.extend((train, val))
        return assembly, Trainer(assembly, config, train, val, wishes, squeezed=squeezed)

    yield make
    for pictures in opened:
        pictures.close()


@pytest.fixture
def carried_out(store: Store) -> Callable[..., tuple[str, list[Event]]]:
    """Carry a plan out in this process; return the run's id and everything that the store says of it."""

    def carry(config: RunConfig, watch: Callable[[str, Event], None] | None = None) -> tuple[str, list[Event]]:
        run = store.runs.submit(config, "person", f"{len(store.runs.newest(1000))}", Claimant.here()).id
        work.carry_out(store, run, lambda event: watch(run, event) if watch else None)
        return run, [entry.event for entry in store.runs.events(run)]

    return carry


@pytest.fixture
def files_kept(store: Store, dataset: Dataset) -> Callable[[], list[Path]]:
    """List the files among the blobs and the save points that came after the set."""

    def listed() -> set[Path]:
        return {path for root in (store.blobs.root, store.points.root) for path in root.rglob("*") if path.is_file()}

    assert dataset
    before = listed()
    return lambda: sorted(listed() - before)


@pytest.fixture(scope="session")
def hooks_left() -> Callable[[nn.Module], int]:
    """Count the hooks of every kind on every part of a network."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return lambda module: sum(len(getattr(part, kind)) for part in module.modules() for kind in kinds)


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, Tensor]]:
    """The weights of the newest trainer, whenever they are looked at."""
    trainers: list[Trainer] = []

    class Watched(Trainer):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            trainers.append(self)

    monkeypatch.setattr(task, "Trainer", Watched)
    return lambda: {name: value.clone() for name, value in trainers[-1]._module.state_dict().items()}


@pytest.fixture
def go(store: Store) -> Callable[..., str]:
    """Work on a run, a new one or one that is there, until `watch` objects; return its id."""

    def work_on(config_or_run: RunConfig | str, watch: Callable[[str, Event], None] = lambda _run, _event: None) -> str:
        run = config_or_run
        if not isinstance(run, str):
            run = store.runs.submit(config_or_run, "person", f"{len(store.runs.newest(99))}", Claimant.here()).id
        store.beginnings.empty()  # what was computed before must come out the same when it is computed again
        try:
            work.carry_out(store, run, lambda event: watch(run, event))
        except CutOffError:
            store.runs.end(run, Interrupted(sentence="Cut off.", advice=""))
        return run

    return work_on


@pytest.fixture
def config(plan: Callable[..., RunConfig], dataset: Dataset) -> RunConfig:
    """Three phases of two epochs and twelve steps in all; schedules, a warm-up, dropout, statistics, a change."""
    return plan(
        dataset,
        schedule=(
            Phase(epochs=2, rates={"head": 0.01}, warmup=0.5),
            Phase(epochs=2, rates=dict.fromkeys(BLOCKS[-3:], 0.002), shape="cosine"),
            Phase(epochs=2, rates=dict.fromkeys(BLOCKS, 0.001), shape="one_cycle"),
        ),
        changes=(Change(after=5, block=BLOCKS[-2], rate=0.0005),),
    )


@pytest.fixture
def whole(
    store: Store, go: Callable[..., str], config: RunConfig, weights: Callable[[], dict[str, Tensor]]
) -> tuple[Tale, dict[str, Tensor]]:
    """A run of that plan without a break: its tale and its weights."""
    run = go(config)
    return tale(store, run), weights()
