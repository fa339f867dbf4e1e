"""What all tests share: a store, a few small pictures, plans that take seconds, and real files where there are some."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from PIL import Image

import tlcore
from tlcore.catalog.backbones import backbone
from tlcore.config import Change, Compute, Loader, Phase, RunConfig
from tlcore.data.collect import look_here
from tlcore.paths import HOME_VARIABLE
from tlcore.store import Store
from tlcore.store.datasets import Dataset
from tlcore.store.reading import Reader

# Threads of torch that wait for one another would burn a core that another test's process needs.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

ROOT = Path(tlcore.__file__).parent.parent
TEST_DATA_VARIABLE = "THAW_TEST_DATA"
TEST_WEIGHTS_VARIABLE = "THAW_TEST_WEIGHTS"

_COLOURS = {"blue": (40, 70, 200), "green": (50, 170, 60), "red": (200, 60, 40)}
_PER_CLASS = 6
_SIDE = 40


def quiet(*_: object) -> None:
    """Take note of nothing."""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, so that none ever touches the one of the person who runs it."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def store(own_home: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(own_home)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three classes of six noisy pictures in one colour each; 15 to learn from, 3 to be judged by."""
    root = tmp_path_factory.mktemp("pictures")
    for name, colour in _COLOURS.items():
        (root / name).mkdir()
        for number in range(_PER_CLASS):
            draw = Random(f"{name} {number}")
            noise = Image.frombytes("RGB", (_SIDE, _SIDE), draw.randbytes(3 * _SIDE * _SIDE))
            Image.blend(Image.new("RGB", (_SIDE, _SIDE), colour), noise, 0.3).save(root / name / f"{number}.png")
    return root


@pytest.fixture
def read_set(store: Store) -> Callable[..., Dataset]:
    """Read a folder into the store, for the workspace `person`."""

    def read(folder: Path, seed: int = 0, workspace: str = "person") -> Dataset:
        album = Reader(store, workspace, seed, quiet, look_here).folder(folder, folder.name)
        return store.albums.dataset(album)

    return read


@pytest.fixture
def dataset(read_set: Callable[..., Dataset], pictures: Path) -> Dataset:
    """The small pictures as a set of the store."""
    return read_set(pictures)


@pytest.fixture(scope="session")
def plan() -> Callable[..., RunConfig]:
    """Make a plan that takes seconds: a small network, small pictures, random weights."""

    def make(
        data: Dataset | str,
        name: str = "mobilenet_v2",
        weights: str = "scratch",
        epochs: int = 1,
        schedule: tuple[Phase, ...] = (),
        size: int = 32,
        batch: int = 8,
        seed: int = 0,
        changes: tuple[Change, ...] = (),
    ) -> RunConfig:
        everything = {block.name: 0.001 for block in backbone(name).blocks}
        return RunConfig(
            name="a test",
            data=data if isinstance(data, str) else data.manifest.digest,
            backbone=name,
            weights=weights,
            strategy="own",
            schedule=schedule or (Phase(epochs=epochs, rates=everything),),
            loader=Loader(batch_size=batch, image_size=size),
            changes=changes,
            compute=Compute(device="cpu"),
            seed=seed,
        )

    return make


@pytest.fixture
def thaw(own_home: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `python -m tlcore` with these words in a process of its own, on the test's home folder."""

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tlcore", *words],
            cwd=ROOT,
            env={**os.environ, HOME_VARIABLE: str(own_home), **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def fresh_process() -> Callable[[str], object]:
    """Run Python code in a fresh process and return what it prints, read as JSON."""

    def run(code: str) -> object:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture(scope="session")
def real_pictures() -> Path:
    """The folder with real photographs (hymenoptera and others), named by the environment."""
    return _named(TEST_DATA_VARIABLE, "real pictures")


@pytest.fixture(scope="session")
def real_weights() -> Path:
    """The folder with weights files as other people saved them, named by the environment."""
    return _named(TEST_WEIGHTS_VARIABLE, "weights files")


def _named(variable: str, what: str) -> Path:
    named = os.environ.get(variable)
    if not named:
        pytest.skip(f"{variable} does not name a folder with {what}")
    return Path(named)
