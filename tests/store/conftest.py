"""What the tests of the store share: pictures in archives, somebody who sends them, and somebody who downloads."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from tlcore.data.collect import look_here
from tlcore.data.manifest import Manifest
from tlcore.store import Store
from tlcore.store.albums import Album
from tlcore.store.reading import Reader


@pytest.fixture
def zipped(pictures: Path, tmp_path: Path) -> Path:
    """The small pictures as a zip, with a file that is none."""
    path = tmp_path / "pictures.zip"
    with ZipFile(path, "w") as archive:
        for file in sorted(pictures.rglob("*.png")):
            archive.write(file, file.relative_to(pictures))
        archive.writestr("blue/film.jpg", b"no picture" * 1000)
    return path


@pytest.fixture
def turned(pictures: Path, tmp_path: Path) -> Path:
    """Other pictures than the small ones, as a zip."""
    path = tmp_path / "turned.zip"
    with ZipFile(path, "w") as archive:
        for file in sorted(pictures.rglob("*.png")):
            with Image.open(file) as image, archive.open(str(file.relative_to(pictures)), "w") as entry:
                image.rotate(90).save(entry, "PNG")
    return path


@pytest.fixture
def bring(store: Store, zipped: Path, tmp_path: Path) -> Callable[..., Album]:
    """Send a zip as a workspace does, and read it."""

    def brought(workspace: str = "person", path: Path = zipped, **more: str) -> Album:
        with shutil.copy(path, tmp_path / "sent").open("rb") as file:
            upload = store.intake.receive("pictures.zip", file)
        return Reader(store, workspace, 0, lambda _done, _total: None, look_here, **more).upload(upload, "pictures")

    return brought


@pytest.fixture
def read(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Manifest]:
    """Download a public set and read it, on a disk with room for any of them."""
    for room in ("data.downloads", "data.limits", "store.space"):
        monkeypatch.setattr(f"tlcore.{room}.free_bytes", lambda _folder: 10**12)

    def read(key: str, classes: Sequence[str] = (), workspace: str = "person") -> Manifest:
        reader = Reader(store, workspace, 0, lambda _done, _total: None, look_here)
        return store.albums.dataset(reader.public(key, classes)).manifest

    return read
