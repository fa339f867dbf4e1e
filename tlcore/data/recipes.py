"""How the files of a public set become pictures in class folders, on the sides that its makers gave them."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from tlcore.errors import PictureError

Recipe = Callable[[Mapping[str, Path], Path], Iterator[tuple[str, Path]]]
"""Takes the files by their names, and a folder for pictures of its own making; yields `side/class/file` and a file."""


def as_it_lies(files: Mapping[str, Path], _making: Path) -> Iterator[tuple[str, Path]]:
    """Yield every file under its own name: the folders are the classes already."""
    yield from files.items()


def called(names: Mapping[str, str]) -> Recipe:
    """Return a recipe for class folders with another name, such as a number of WordNet."""

    def recipe(files: Mapping[str, Path], _making: Path) -> Iterator[tuple[str, Path]]:
        for name, path in files.items():
            side, folder, file = PurePosixPath(name).parts[-3:] if name.count("/") >= 2 else ("", "", "")
            if folder in names:
                yield f"{side}/{names[folder]}/{file}", path

    return recipe


def numbered(files: Mapping[str, Path], _making: Path) -> Iterator[tuple[str, Path]]:
    """Yield pictures of class folders such as `003.backpack`, without the number; what is no class comes last."""
    for name, path in files.items():
        folder, file = PurePosixPath(name).parts[-2:] if "/" in name else ("", name)
        number, point, title = folder.partition(".")
        if point and number.isdigit() and file.lower().endswith(".jpg"):
            yield f"{title}/{file}", path


def listed(lists: Mapping[str, str], read: Callable[[str], tuple[str, str]]) -> Recipe:
    """Return a recipe for pictures that lists name: side to list, and what makes class and picture of a line."""

    def recipe(files: Mapping[str, Path], _making: Path) -> Iterator[tuple[str, Path]]:
        for side, name in lists.items():
            if name not in files:
                raise PictureError("NOT_THE_SET", f"{name} is missing from the archive.", "Download it again.")
            for line in files[name].read_text(encoding="utf-8").splitlines():
                if line.strip() and not line.startswith("#"):
                    label, picture = read(line.strip())
                    # A picture that is not there is one that was not asked for.
                    if picture in files:
                        yield f"{side}/{label.replace('/', '-')}/{PurePosixPath(picture).name}", files[picture]

    return recipe


def texture(line: str) -> tuple[str, str]:
    """Read a line of the Describable Textures: `banded/banded_0002.jpg`."""
    return line.partition("/")[0], f"dtd/images/{line}"


def dish(line: str) -> tuple[str, str]:
    """Read a line of Food-101: `apple_pie/1005649`."""
    return line.partition("/")[0].replace("_", " "), f"food-101/images/{line}.jpg"


def pet(line: str) -> tuple[str, str]:
    """Read a line of the Oxford-IIIT pets: `Abyssinian_100 1 1 1`."""
    picture = line.split()[0]
    return picture.rpartition("_")[0].replace("_", " ").title(), f"images/{picture}.jpg"


def aircraft(line: str) -> tuple[str, str]:
    """Read a line of the FGVC aircraft: `1025794 707-320`."""
    picture, _, variant = line.partition(" ")
    return variant, f"fgvc-aircraft-2013b/data/images/{picture}.jpg"
