"""A set of pictures that somebody publishes: what its files are, how they become classes, and how they are fetched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tlcore.data.limits import allowance, free_bytes
from tlcore.data.recipes import Recipe, as_it_lies
from tlcore.errors import ChoiceError, ThawError, did_you_mean
from tlcore.fetch import fetch
from tlcore.text import memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One file of a public set."""

    url: str
    size: int
    """Bytes, about, for a person to decide by."""
    md5: str | None = None
    """As its makers or torchvision state it."""
    is_archive: bool = True

    @property
    def name(self) -> str:
        """What the file is called where it is published."""
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSet:
    """A set of pictures that somebody publishes, and how its files become classes."""

    key: str
    """One of ours, for links and file names."""
    title: str
    about: str
    origin: str
    """Whose it is, and under what terms as far as they are known."""
    classes: int
    pictures: int
    files: tuple[Published, ...]
    recipe: Recipe = as_it_lies
    class_folders: tuple[str, ...] = ()
    """Where a part of the classes may be chosen: the folders that they lie in."""

    @property
    def size(self) -> int:
        """Bytes of the whole download, about."""
        return sum(file.size for file in self.files)

    def check(self, chosen: Sequence[str]) -> None:
        """Raise ChoiceError unless these are classes that can be chosen, two at least."""
        for name in chosen:
            if name not in self.class_folders:
                raise ChoiceError(f"{name} is not a class of {self.title}.", did_you_mean(name, self.class_folders))
        if len(chosen) == 1:
            raise ChoiceError("One class alone cannot be told from anything.", "Choose a second one.")

    def check_number(self, chosen: Sequence[str]) -> None:
        """Raise ThawError if the pictures of the chosen classes, about, are too many for a set."""
        number, most = self.pictures * (len(chosen) or self.classes) // self.classes, allowance().pictures
        if number > most:
            raise ThawError(
                f"These are {number:,} pictures; {most:,} is the most for a set.",
                "Choose fewer of its classes." if self.class_folders else "Choose a smaller set.",
            )

    def check_disk(self, folder: Path) -> None:
        """Raise ThawError if there is no room for the download and for what comes out of it."""
        free = free_bytes(folder)
        if 2 * self.size > free:
            raise ThawError(
                f"{self.title} takes {memory(2 * self.size)} for a while, and this machine's disk has room for"
                f" {memory(free)}.",
                "Free some of the disk, or choose a smaller set.",
            )

    def needs(self, name: str, chosen: Sequence[str]) -> bool:
        """Say whether a file of its archive is needed for the chosen classes; for none chosen, all are."""
        folder = PurePosixPath(name).parent.name
        return not chosen or folder not in self.class_folders or folder in chosen


def download(wanted: PublicSet, folder: Path, progress: Callable[[int, int], None]) -> list[Path]:
    """Fetch the files of a public set into `folder` and return them in their order; raises ThawError."""
    paths, before = [], 0
    for file in wanted.files:

        def counted(done: int, _total: int, before: int = before) -> None:
            progress(min(before + done, wanted.size), wanted.size)

        paths.append(fetch(file.url, folder / f"{wanted.key}-{file.name}", counted, expected_md5=file.md5))
        before += file.size
    return paths
