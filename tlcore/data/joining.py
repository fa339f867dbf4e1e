"""Puts pictures that are added to a set beside its own: in the same folders, whatever theirs were wrapped in."""

from collections.abc import Callable, Container
from dataclasses import dataclass, replace

from tlcore.data.survey import Survey
from tlcore.data.tree import Folder, plant

_LEARN = frozenset({"train", "training"})
_JUDGE = ("val", "valid", "validation", "test", "testing")


@dataclass(frozen=True, slots=True)
class _Frame:
    """The folder that holds the class folders, and the folders of the two sides, if it has them."""

    path: tuple[str, ...]
    learn: str = ""
    judge: str = ""


def joined(known: Survey, more: Survey, into: str = "") -> Survey:
    """Return `more` with each path where a picture of its class lies in `known`.

    A wrapping folder is taken off and that of `known` put on; what does not say its side of the split is to learn
    from where `known` has folders for both. With a class `into`, all go into that class.
    """
    root = _root(known)
    frame = _frame(root, ())
    if into:
        moved = _into(frame, into)
    else:
        level = _level(root, frame.path)
        if frame.learn:
            level = level.folders[frame.learn]
        moved = _beside(frame, _frame(_root(more), {_key(name) for name in level.folders}))
    return replace(
        more,
        facts=tuple(replace(fact, path=moved(fact.path)) for fact in more.facts),
        unfit=tuple(replace(one, name=moved(one.name)) for one in more.unfit),
        tables=tuple(replace(table, path=moved(table.path)) for table in more.tables),
    )


def _into(frame: _Frame, into: str) -> Callable[[str], str]:
    # A slash in a class's name would make two folders of it.
    start = "/".join([*frame.path, *filter(None, [frame.learn]), into.replace("/", " ")])
    return lambda path: f"{start}/{path}"


def _beside(frame: _Frame, theirs: _Frame) -> Callable[[str], str]:
    sides = {theirs.learn: frame.learn, theirs.judge: frame.judge} if theirs.learn else {}

    def moved(path: str) -> str:
        parts = [part for part in path.split("/") if part]
        if tuple(parts[: len(theirs.path)]) == theirs.path:
            parts = parts[len(theirs.path) :]
        if len(parts) > 1:
            side = frame.learn
            if parts[0] in sides:
                side = sides[parts.pop(0)]
            parts = [*filter(None, [side]), *parts]
        return "/".join([*frame.path, *parts])

    return moved


def _root(survey: Survey) -> Folder:
    root, _ = plant([*(fact.path for fact in survey.facts), *(one.name for one in survey.unfit)])
    return root


def _frame(root: Folder, known: Container[str]) -> _Frame:
    """Go through folders that merely wrap one other, as far as the classes, of which some may be known."""
    path: list[str] = []
    folder = root
    while len(inner := folder.inner()) == 1 and inner[0].inner() and _key(inner[0].name) not in known:
        folder = inner[0]
        path.append(folder.name)
    names = {_key(one.name): one.name for one in folder.inner()}
    learn = next((name for key, name in names.items() if key in _LEARN), "")
    judge = next((names[key] for key in _JUDGE if key in names), "")
    return _Frame(tuple(path), learn, judge) if learn and judge else _Frame(tuple(path))


def _level(root: Folder, path: tuple[str, ...]) -> Folder:
    for name in path:
        root = root.folders[name]
    return root


def _key(name: str) -> str:
    return name.strip().casefold()
