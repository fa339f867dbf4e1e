"""Brings pictures in: from a folder, an archive, an upload or a sample into an album that the store keeps."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from tlcore.data.archive import is_archive, unpack
from tlcore.data.collect import LookAll, collect
from tlcore.data.downloads import PublicSet, download
from tlcore.data.facts import Task
from tlcore.data.joining import joined, said
from tlcore.data.limits import PUBLISHED
from tlcore.data.manifest import LeftOut
from tlcore.data.public_sets import public_set
from tlcore.data.samples import digits, shapes
from tlcore.data.survey import Survey
from tlcore.data.walk import walk
from tlcore.errors import ChoiceError, did_you_mean
from tlcore.store.albums import Album
from tlcore.store.home import Store

Progress = Callable[[int, int], None]
_PATIENCE = 600.0
"""Seconds to wait for others whose pictures come in at the same time."""

SAMPLES: Mapping[str, tuple[str, Callable[[Path], Path]]] = MappingProxyType(
    {"digits": ("Handwritten digits", digits), "shapes": ("Shapes and patterns", shapes)}
)
"""Name to title and maker of the sets that come with the installation."""


class Reader:
    """Reads pictures for one workspace.

    `seed` draws the validation pictures where no folders do; `look_all` looks at the files, and `more_of` is the id
    of the album that they are added to, if they are not to make one of their own: each into the class that its
    folders say, or all of them into the class `into`. With `by_folder` the first folder of each is its class by a
    person's word, even where the album is not read by folders. `seal` is called before what is done whole; what it
    raises is heard a last time.
    """

    def __init__(
        self,
        store: Store,
        workspace: str,
        seed: int,
        progress: Progress,
        look_all: LookAll,
        more_of: str | None = None,
        into: str = "",
        by_folder: bool = False,
        seal: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._seed = seed
        self._progress = progress
        self._look_all = look_all
        self._more_of = more_of
        self._into = into
        self._by_folder = by_folder
        self._seal = seal

    def sample(self, name: str) -> Album:
        """Read one of SAMPLES, making its files first where they are missing."""
        if name not in SAMPLES:
            raise ChoiceError(f"{name} is not a sample.", did_you_mean(name, SAMPLES))
        title, make = SAMPLES[name]
        return self.folder(make(self._store.samples), title)

    def folder(self, folder: Path, name: str) -> Album:
        """Read a folder where it lies; nothing in it is changed or copied."""
        left_out: list[LeftOut] = []
        tasks = [Task(shown, 0, where, folder / where) for shown, where in walk(folder, left_out)]
        survey = self._look(tasks, left_out)
        with self._store.blobs.settling(_PATIENCE):
            return self._album(name, folder, survey)

    def archive(self, archive: Path, name: str) -> Album:
        """Read an archive; its pictures are copied into the store."""
        with self._store.blobs.aside_folder() as aside:
            unpacked = unpack(archive, aside, self._progress)
            files = [(shown, aside / where) for shown, where in unpacked.pairs]
            return self.files(files, name, unpacked.left_out)

    def upload(self, upload: str, name: str) -> Album:
        """Read what a person sent, a single archive or many files; the store takes the files over."""
        files = self._store.intake.files(upload)
        try:
            if len(files) == 1 and is_archive(files[0][1]):
                return self.archive(files[0][1], name)
            return self.files(files, name)
        finally:
            self._store.intake.clear(upload)

    def public(self, key: str, classes: Sequence[str] = ()) -> Album:
        """Read a public set, or the pictures of some of its classes; it is downloaded unless somebody has read it."""
        public = public_set(key)
        public.check(classes)
        title = f"{public.title}, {len(classes)} classes" if classes else public.title
        known = self._store.known_sets
        with known.alone(key):
            if self._more_of is None:
                blobs = self._store.blobs
                with blobs.settling(_PATIENCE):  # What is found may not go before the album names it.
                    if (survey := known.find(key, classes)) is not None:
                        sizes = {fact.id: blobs.size(fact.id) for fact in survey.facts}
                        self._store.space.check_pictures(self._workspace, sizes)
                        return self._album(title, blobs.root, survey)
            album = self._download(public, classes, title)
            if self._more_of is None:
                known.keep(key, classes, album.survey)
            return album

    def _download(self, public: PublicSet, classes: Sequence[str], title: str) -> Album:
        downloads = self._store.downloads
        if not classes:  # Of a part, what is kept is known only once it is unpacked; `files` checks that.
            self._store.space.check(self._workspace, public.size)
        public.check_number(classes)
        public.check_disk(downloads)
        paths = download(public, downloads, self._progress)
        with self._store.blobs.aside_folder() as aside:
            files: dict[str, Path] = {}
            left_out: list[LeftOut] = []
            for file, path in zip(public.files, paths, strict=True):
                if not file.is_archive:
                    files[file.name] = path
                    continue
                unpacked = unpack(path, aside, self._progress, lambda name: public.needs(name, classes), PUBLISHED)
                files.update((name, aside / where) for name, where in unpacked.pairs)
                left_out.extend(unpacked.left_out)
            making = aside / "made"
            making.mkdir()
            pairs: list[tuple[str, Path]] = []
            for pair in public.recipe(files, making):
                pairs.append(pair)
                self._progress(len(pairs), max(len(pairs), public.pictures))
            album = self.files(pairs, title, left_out)
        for path in paths:
            path.unlink(missing_ok=True)
        return album

    def files(self, files: Sequence[tuple[str, Path]], name: str, left_out: Sequence[LeftOut] = ()) -> Album:
        """Read files, each with what a person called it, and take over those that can be used."""
        blobs = self._store.blobs
        survey = self._look([Task(shown, 0, str(place), path) for place, (shown, path) in enumerate(files)], left_out)
        # What is no picture never comes into the store.
        pictures = {fact.id: files[int(fact.where)][1] for fact in survey.facts}
        self._store.space.check_pictures(self._workspace, {id_: path.stat().st_size for id_, path in pictures.items()})
        flushed = blobs.flush_all(pictures, self._progress)
        with blobs.settling(_PATIENCE):
            self._seal()
            blobs.keep_all(pictures, flushed)
            facts = tuple(replace(fact, where=blobs.where(fact.id)) for fact in survey.facts)
            return self._album(name, blobs.root, replace(survey, facts=facts))

    def _look(self, tasks: Iterable[Task], left_out: Sequence[LeftOut]) -> Survey:
        survey = collect(
            tasks,
            thumbnails=self._store.thumbnails,
            look_all=self._look_all,
            progress=self._progress,
            unfit=left_out,
        )
        if self._more_of is not None:
            self._store.albums.check(self._store.albums.get(self._more_of, self._workspace), survey)
        return survey

    def _album(self, name: str, root: Path, survey: Survey) -> Album:
        self._seal()
        albums = self._store.albums
        if self._more_of is not None:
            # Only now: its owner may have decided something about it while the files were read.
            album = albums.get(self._more_of, self._workspace)
            known = albums.survey(album)
            marks = said(known, album.marks, survey, self._into, by_folder=self._by_folder)
            return albums.enlarge(album, joined(known, survey, self._into), root, marks)
        return albums.make(self._workspace, name, survey, (root,), self._seed)
