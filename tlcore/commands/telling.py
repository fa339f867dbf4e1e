"""What the command line says of a set before it is learned: its classes, what is odd about it, what was not used."""

import sys

from tlcore.data.checks import find
from tlcore.data.manifest import Manifest
from tlcore.store import Store
from tlcore.store.albums import Album
from tlcore.text import clean, count

_CLASSES = 20
_LONGEST_NAME = 40


def tell_set(store: Store, album: Album, manifest: Manifest) -> None:
    """Print, beside the results, which classes a set has and what changes the meaning of a result."""
    lines = [*_classes(manifest), *_grave(store, album, manifest), *_notes(manifest)]
    print("\n".join(lines), file=sys.stderr)


def _grave(store: Store, album: Album, manifest: Manifest) -> list[str]:
    """Return a line for each finding that changes what a result means."""
    found = find(store.albums.survey(album), manifest, album.marks, album.seed)
    return [f"check: {one.title}. {one.sentence}" for one in found if one.is_grave]


def _classes(manifest: Manifest) -> list[str]:
    train, val = manifest.counts("train"), manifest.counts("val")
    names = [clean(name, _LONGEST_NAME) for name in manifest.classes[:_CLASSES]]
    width = max(map(len, names))
    more = len(manifest.classes) - len(names)
    sides = f"{count(sum(train), 'picture')} to learn from, {sum(val):,} to check with"
    return [
        f"{count(len(names) + more, 'class', 'classes')}: {sides}",
        *(
            f"  {name:{width}}  {train[label]:>7,} to learn, {val[label]:,} to check"
            for label, name in enumerate(names)
        ),
        *([f"  and {more:,} more"] if more else []),
    ]


def _notes(manifest: Manifest) -> list[str]:
    ignored = f"note: {count(manifest.ignored, 'system file')} ignored, such as .DS_Store."
    return [
        *(f"note: {clean(one.names)}: {one.sentence}" for one in manifest.notices),
        *([ignored] if manifest.ignored else []),
    ]
