"""What the tests of real processes share: a home folder with a supervisor, and a set in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.waiting import wait_for
from tlcore.data.collect import look_here
from tlcore.fetch import MIRROR_VARIABLE
from tlcore.store import Store
from tlcore.store.datasets import Dataset
from tlcore.store.reading import Reader

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with a supervisor, a worker and a desk; without a network."""
    opened = Store(tmp_path_factory.mktemp("jobs") / "Thaw à la maison")
    process = subprocess.Popen(
        [sys.executable, "-m", "tlcore", "supervise", "--stay", "--home", str(opened.home)],
        env={**os.environ, MIRROR_VARIABLE: NOWHERE, "TORCH_HOME": str(opened.home / "torch"), "no_proxy": "*"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield opened
    children = [claimant for role in ("worker", "desk") for claimant, _ in opened.processes.living(role)]
    process.terminate()
    process.wait(30)
    wait_for(lambda: not any(child.alive for child in children), 30)
    opened.close()


@pytest.fixture(scope="module")
def colours(house: Store, pictures: Path) -> Dataset:
    """A set in this store."""
    return house.albums.dataset(Reader(house, "person", 0, lambda *_: None, look_here).folder(pictures, "colours"))
