"""What the tests of the engine share: networks put together, runs carried out, and counts of what they leave."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
import torch
from torch import nn

from tlcore.config import RunConfig
from tlcore.engine.assemble import Assembly, assemble
from tlcore.engine.pictures import Pictures
from tlcore.engine.runtime import choose_runtime
from tlcore.engine.trainer import Trainer
from tlcore.engine.work import carry_out
from tlcore.events import Event, Squeezed, Work
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
        carry_out(store, run, lambda event: watch(run, event) if watch else None)
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
