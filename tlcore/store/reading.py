"""Brings pictures in: from a folder, a zip, an upload or a sample into a set that the store keeps."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from tlcore.data.archive import unpack
from tlcore.data.collect import collect
from tlcore.data.downloads import download, public_set
from tlcore.data.manifest import LeftOut
from tlcore.data.samples import digits, shapes
from tlcore.errors import ChoiceError, did_you_mean
from tlcore.store.datasets import Dataset
from tlcore.store.home import Store

Progress = Callable[[int, int], None]

SAMPLES: Mapping[str, tuple[str, Callable[[Path], Path]]] = MappingProxyType(
    {"digits": ("Handwritten digits", digits), "shapes": ("Shapes and patterns", shapes)}
)
"""Name to title and maker of the sets that come with the installation."""


class Reader:
    """Reads pictures for one workspace; `seed` draws the validation pictures where no folders do."""

    def __init__(self, store: Store, workspace: str, seed: int, progress: Progress) -> None:
        self._store = store
        self._workspace = workspace
        self._seed = seed
        self._progress = progress

    def sample(self, name: str) -> Dataset:
        """Read one of SAMPLES, making its files first where they are missing."""
        if name not in SAMPLES:
            raise ChoiceError(f"{name} is not a sample.", did_you_mean(name, SAMPLES))
        title, make = SAMPLES[name]
        return self.folder(make(self._store.samples), title)

    def folder(self, folder: Path, name: str) -> Dataset:
        """Read a folder where it lies; nothing in it is changed or copied."""
        return self._collect(folder, name, paths=None)

    def archive(self, archive: Path, name: str) -> Dataset:
        """Read a zip; its pictures are copied into the store."""
        with self._store.blobs.aside_folder() as aside:
            unpacked = unpack(archive, aside, self._progress)
            files = [(shown, aside / where) for shown, where in unpacked.pairs]
            return self.files(files, name, unpacked.left_out)

    def upload(self, upload: str, name: str) -> Dataset:
        """Read what a person sent, a single zip or many files; the store takes the files over."""
        files = self._store.intake.files(upload)
        try:
            if len(files) == 1 and files[0][0].lower().endswith(".zip"):
                return self.archive(files[0][1], name)
            return self.files(files, name)
        finally:
            self._store.intake.clear(upload)

    def public(self, key: str) -> Dataset:
        """Download a public set and read it."""
        public = public_set(key)
        self._store.downloads.mkdir(exist_ok=True)
        archive = download(public, self._store.downloads, self._progress)
        dataset = self.archive(archive, public.title)
        archive.unlink(missing_ok=True)
        return dataset

    def files(self, files: Sequence[tuple[str, Path]], name: str, left_out: Sequence[LeftOut] = ()) -> Dataset:
        """Take files over, each with what a person called it, and read them."""
        blobs = self._store.blobs
        pairs = [(shown, blobs.where(blobs.keep(path))) for shown, path in files]
        return self._collect(blobs.root, name, pairs, left_out)

    def _collect(
        self, root: Path, name: str, paths: Sequence[tuple[str, str]] | None, left_out: Sequence[LeftOut] = ()
    ) -> Dataset:
        manifest = collect(
            root,
            name=name,
            seed=self._seed,
            thumbnails=self._store.thumbnails,
            progress=self._progress,
            paths=paths,
            left_out=left_out,
        )
        return self._store.datasets.add(self._workspace, manifest, root)
