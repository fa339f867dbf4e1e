"""The folders of a set as a tree of names, without the disk: what lies where, and how many pictures below."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tlcore.text import clean

_SYSTEM = frozenset(
    {
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "icon\r",
        "__macosx",
        "@eadir",
        "#recycle",
        "lost+found",
        "$recycle.bin",
        "system volume information",
        "__pycache__",
    }
)
# A file of these kinds does not make its folder a class. Inside a class folder it is looked at like any other.
_DOCUMENT = re.compile(
    r"txt|md|rst|csv|tsv|jsonl?|xml|html?|ya?ml|py|ipynb|pdf|docx?|xlsx?|log|mat|np[yz]|pkl|pth?|zip|tar|gz",
    re.IGNORECASE,
)
_SHOWN_FOLDERS = 8
_DEEPEST = 64  # Folders; what lies deeper counts as lying here, for a name in an archive can have thousands.


@dataclass(slots=True)
class Folder:
    """A folder: its name, the folders in it, and the files in it by their place in a list of paths."""

    name: str
    folders: dict[str, "Folder"] = field(default_factory=dict)
    files: list[int] = field(default_factory=list)
    pictures: int = 0  # files below that may be pictures

    @property
    def direct(self) -> int:
        """Files that may be pictures and lie in this folder itself."""
        return self.pictures - sum(inner.pictures for inner in self.folders.values())

    def inner(self) -> list["Folder"]:
        """Return the folders that hold what may be pictures, sorted by name."""
        return [folder for _, folder in sorted(self.folders.items()) if folder.pictures]

    def below(self) -> Iterator[int]:
        """Yield every file in this folder and in those inside it."""
        yield from self.files
        for folder in self.folders.values():
            yield from folder.below()


def is_system(name: str) -> bool:
    """Say whether a file or folder of this name is hidden or made by an operating system."""
    return name.startswith(".") or name.casefold() in _SYSTEM


def is_system_path(path: str) -> bool:
    """Say whether a file of this path, "/" between folders, is or lies in something that a system made."""
    return any(is_system(part) for part in path.split("/") if part)


def plant(paths: Sequence[str]) -> Folder:
    """Return the tree of relative paths with "/" between folders, without what a system made."""
    root = Folder("")
    known: dict[str, Folder | None] = {}
    for index, path in enumerate(paths):
        parent, _, file = path.rstrip("/").rpartition("/")
        if parent not in known:
            known[parent] = None if is_system_path(parent) else _grow(root, parent)
        place = known[parent]
        if place is not None and not is_system(file):
            place.files.append(index)
            place.pictures += not _is_document(file)
    _add_up(root)
    return root


def _grow(root: Folder, path: str) -> Folder:
    place = root
    for name in [part for part in path.split("/") if part][:_DEEPEST]:
        place = place.folders.setdefault(name, Folder(name))
    return place


def _add_up(folder: Folder) -> int:
    """Let every folder count what lies inside its folders too."""
    folder.pictures += sum(_add_up(inner) for inner in folder.folders.values())
    return folder.pictures


def _is_document(file: str) -> bool:
    stem, _, ending = file.rpartition(".")
    return bool(stem and _DOCUMENT.fullmatch(ending))


def describe(root: Folder) -> str:
    """Return one line that shows which folders hold how many pictures."""
    lines: list[str] = []

    def visit(folder: Folder, path: str) -> None:
        if folder.direct:
            lines.append(f"{path or 'the top folder'}: {folder.direct}")
        for inner in folder.inner():
            visit(inner, f"{path}/{clean(inner.name, 40)}".lstrip("/"))

    visit(root, "")
    more = f", and {len(lines) - _SHOWN_FOLDERS} folders more" if len(lines) > _SHOWN_FOLDERS else ""
    return ", ".join(lines[:_SHOWN_FOLDERS]) + more
