"""From a folder to a Manifest: every picture read once, hashed, checked, and shown small; nothing is changed."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path

from tlcore.data import audit, limits
from tlcore.data.audit import Found
from tlcore.data.decode import decode_image, read_bytes
from tlcore.data.layout import Layout, Placed, read_layout
from tlcore.data.manifest import Example, LeftOut, Manifest, in_order
from tlcore.data.split import held_back
from tlcore.data.thumbnails import write_thumbnail
from tlcore.data.walk import walk
from tlcore.errors import PictureError
from tlcore.paths import safe_path
from tlcore.text import clean

Progress = Callable[[int, int], None]
"""Is told how many of how many are done; what it raises ends the work."""

_READERS = 2
_LONGEST_NAME = 200
_DRAFT_SIDE = 2 * limits.THUMBNAIL_SIDE


def collect(
    root: Path,
    *,
    name: str,
    seed: int,
    thumbnails: Path | None,
    progress: Progress,
    paths: Sequence[tuple[str, str]] | None = None,
    left_out: Sequence[LeftOut] = (),
) -> Manifest:
    """Read the pictures below `root` and return them as a set.

    `paths` are pairs of a shown name and a place below `root`, for files that lie under generated names; without
    them the folder is walked. `left_out` are files that fell out before, while they were unpacked or uploaded.
    `seed` draws the validation pictures where no folders do.
    Raises PictureError where no set can be made of it.
    """
    unfit = list(left_out)
    pairs = tuple(paths) if paths is not None else tuple(walk(root, unfit))
    layout = read_layout([shown for shown, _ in pairs])
    if len(layout.placed) > limits.MOST_PICTURES:
        raise PictureError(
            "TOO_MANY_PICTURES",
            f"There are {len(layout.placed)} pictures; {limits.MOST_PICTURES} is the most for a set.",
            "Take a part of them.",
        )
    join = safe_path if paths is not None else Path.joinpath
    read = partial(_read, root, join, pairs, thumbnails)
    found: list[Found] = []
    for one in _in_threads(read, layout.placed, progress):
        if isinstance(one, Found):
            found.append(one)
        else:
            unfit.append(one)
    found, placeholders = audit.without_placeholders(found)
    found, repeats = audit.without_repeats(found)
    return _manifest(name, seed, layout, found, [*layout.left_out, *unfit, *placeholders, *repeats])


def _in_threads(
    read: Callable[[Placed], Found | LeftOut], placed: Sequence[Placed], progress: Progress
) -> list[Found | LeftOut]:
    """Read the pictures in a few threads, which Pillow lets run side by side, and keep their order."""
    results: list[Found | LeftOut] = []
    progress(0, len(placed))
    pool = ThreadPoolExecutor(_READERS, thread_name_prefix="pictures")
    try:
        for result in pool.map(read, placed):
            results.append(result)
            progress(len(results), len(placed))
    finally:
        pool.shutdown(cancel_futures=True)
    return results


def _read(
    root: Path,
    join: Callable[[Path, str], Path],
    pairs: Sequence[tuple[str, str]],
    thumbnails: Path | None,
    placed: Placed,
) -> Found | LeftOut:
    """Read one picture to its last pixel; a picture that cannot be used is returned as left out."""
    shown, where = pairs[placed.index]
    name = clean(shown, _LONGEST_NAME)
    try:
        data = read_bytes(join(root, where))
        decoded = decode_image(data, size=_DRAFT_SIDE)
    except PictureError as fault:
        return LeftOut(name=name, code=fault.code, sentence=str(fault))
    id_ = sha256(data).hexdigest()
    if thumbnails is not None:
        write_thumbnail(decoded.image, thumbnails, id_)
    return Found(
        id=id_,
        where=where,
        name=name,
        label=placed.label,
        split=placed.split,
        is_photograph=decoded.kind == "JPEG",
        is_flat=audit.is_flat_drawing(decoded),
        notes=decoded.notes,
    )


def _manifest(name: str, seed: int, layout: Layout, found: list[Found], left_out: list[LeftOut]) -> Manifest:
    """Settle classes and split, now that it is known which pictures there are."""
    by_folders = any(one.split == "val" for one in found)
    learned = {one.label for one in found if one.split != "val"}
    for one in found:
        if one.label not in learned:
            sentence = f"Its class, {layout.classes[one.label]}, has no picture to learn from."
            left_out.append(LeftOut(name=one.name, code="NOT_IN_TRAIN", sentence=sentence))
    found = [one for one in found if one.label in learned]
    for label, class_name in enumerate(layout.classes):
        if label not in learned:
            sentence = "The class is dropped: it has no picture that can be used."
            left_out.append(LeftOut(name=class_name, code="EMPTY_CLASS", sentence=sentence))
    labels = sorted(learned)
    classes = tuple(layout.classes[label] for label in labels)
    _check_counts(layout, found, left_out)
    ids = [[one.id for one in found if one.label == label] for label in labels]
    validation = frozenset() if by_folders else held_back(ids, seed)
    examples = [
        Example(
            id=one.id,
            where=one.where,
            name=one.name.rsplit("/", 1)[-1] or "unnamed",
            label=labels.index(one.label),
            split=one.split if by_folders else "val" if one.id in validation else "train",
        )
        for one in found
    ]
    return Manifest(
        name=clean(name) or "pictures",
        classes=classes,
        examples=in_order(examples),
        left_out=tuple(sorted(left_out, key=lambda one: (one.name, one.code))),
        notices=(*layout.notices, *audit.notices(found, layout.classes)),
        ignored=layout.ignored,
        split_by="folders" if by_folders else f"seed {seed}",
    )


def _check_counts(layout: Layout, found: Sequence[Found], left_out: Sequence[LeftOut]) -> None:
    """Refuse a set that nothing can be learned from, and say which class is to blame."""
    counts = Counter(one.label for one in found)
    if len(counts) < limits.FEWEST_CLASSES:
        left = f"only in {layout.classes[next(iter(counts))]}" if counts else "in no class"
        reason = f" {left_out[0].name}: {left_out[0].sentence}" if left_out else ""
        raise PictureError(
            "ONE_CLASS" if counts else "NO_PICTURES",
            f"Pictures that can be used are {left}; {len(left_out)} files are left out.{reason}",
            f"It takes {limits.FEWEST_CLASSES} classes with {limits.FEWEST_PER_CLASS} pictures each.",
        )
    scarce = [layout.classes[label] for label in sorted(counts) if counts[label] < limits.FEWEST_PER_CLASS]
    if scarce:
        more = f" (and {len(scarce) - 1} more)" if len(scarce) > 1 else ""
        raise PictureError(
            "TOO_FEW",
            f"The class {scarce[0]}{more} has only one picture that can be used.",
            "Add a second one, or take its folder away.",
        )
