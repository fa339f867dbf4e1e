"""What is odd about a set once every picture in it is known: placeholders, repeats, classes without pictures."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tlcore.data.decode import Decoded
from tlcore.data.manifest import LeftOut, Notice

_DRAWING_COLOURS = 64
_GROUND_SHARE = 0.75
_PHOTOGRAPH_SHARE = 0.95
_CLASS_SHARE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A picture that can be read, before it is known which of them stay."""

    id: str  # sha256 of the file's bytes
    where: str
    name: str  # as the person knows it, folders included
    label: int
    split: str  # "train", "val" or ""
    is_photograph: bool  # stored as JPEG, the way cameras and phones do
    is_flat: bool  # a drawing in a few colours, mostly empty ground
    notes: tuple[str, ...]  # what reading it took


def is_flat_drawing(decoded: Decoded) -> bool:
    """Say whether a picture is stored with a palette, has at most 64 colours, and is three quarters one of them."""
    colours = decoded.image.getcolors(_DRAWING_COLOURS) if decoded.palette else None
    if not colours:
        return False
    width, height = decoded.image.size
    return max(count for count, _ in colours) >= _GROUND_SHARE * width * height


def without_placeholders(found: Sequence[Found]) -> tuple[list[Found], list[LeftOut]]:
    """Leave out the flat drawings in a set of photographs: "image not found" pictures that a download left behind.

    Only where 19 of 20 pictures are photographs and the drawings are at most a quarter of their class; in a set of
    drawings, or in a class of signs and logos, flat drawings are what is to be learned.
    """
    if sum(one.is_photograph for one in found) < _PHOTOGRAPH_SHARE * len(found):
        return list(found), []
    size = Counter(one.label for one in found)
    flat = Counter(one.label for one in found if one.is_flat)
    rare = {label for label in flat if flat[label] <= _CLASS_SHARE * size[label]}
    kept, left_out = [], []
    for one in found:
        if one.is_flat and one.label in rare:
            sentence = "A flat drawing in few colours among photographs, most likely a placeholder for a lost picture."
            left_out.append(LeftOut(name=one.name, code="PLACEHOLDER", sentence=sentence))
        else:
            kept.append(one)
    return kept, left_out


def without_repeats(found: Sequence[Found]) -> tuple[list[Found], list[LeftOut]]:
    """Keep one of several identical files in a class, and none to learn from that is also there to be judged by."""
    judged = {one.id: one.name for one in found if one.split == "val"}
    kept: dict[tuple[str, int], Found] = {}
    left_out = []
    for one in sorted(found, key=lambda one: (one.split != "val", one.name, one.where)):
        first = kept.setdefault((one.id, one.label), one)
        if one.split == "train" and one.id in judged:
            if first is one:
                del kept[one.id, one.label]
            sentence = f"The same picture as {judged[one.id]}, which is kept for judging."
            left_out.append(LeftOut(name=one.name, code="IN_BOTH", sentence=sentence))
        elif first is not one:
            left_out.append(LeftOut(name=one.name, code="REPEATED", sentence=f"The same picture as {first.name}."))
    return list(kept.values()), left_out


def notices(found: Sequence[Found], classes: Sequence[str]) -> list[Notice]:
    """Return what is worth knowing about the pictures that stay."""
    names_by_note: dict[str, list[str]] = defaultdict(list)
    labels_by_id: dict[str, set[int]] = defaultdict(set)
    for one in sorted(found, key=lambda one: one.name):
        labels_by_id[one.id].add(one.label)
        for note in one.notes:
            names_by_note[note].append(one.name)
    rows = [Notice(sentence=note, count=len(names), name=names[0]) for note, names in sorted(names_by_note.items())]
    name_of = {one.id: one.name for one in found}
    torn: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for id_, labels in labels_by_id.items():
        if len(labels) > 1:
            torn[tuple(sorted(labels))].append(name_of[id_])
    for several, names in sorted(torn.items()):
        spoken = " and in ".join(classes[label] for label in several)
        rows.append(Notice(sentence=f"The same picture lies in {spoken}.", count=len(names), name=min(names)))
    return rows
