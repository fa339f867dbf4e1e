"""Which pictures are kept for judging: chosen by content and seed, whatever the files are called."""

from collections.abc import Sequence
from hashlib import sha256

VALIDATION_SHARE = 0.2


def held_back(ids_by_class: Sequence[Sequence[str]], seed: int) -> frozenset[str]:
    """Return the ids of the validation pictures: about a fifth of every class that has two pictures or more.

    An id is on one side only, also where it occurs twice or in several classes.
    """
    validation: set[str] = set()
    training: set[str] = set()
    for ids in ids_by_class:
        distinct = sorted(set(ids), key=lambda id_: sha256(f"{seed}:{id_}".encode()).hexdigest())
        wanted = max(1, round(VALIDATION_SHARE * len(distinct))) if len(distinct) >= 2 else 0
        wanted -= len(validation.intersection(distinct))
        free = [id_ for id_ in distinct if id_ not in validation and id_ not in training]
        validation.update(free[: max(0, wanted)])
        training.update(id_ for id_ in distinct if id_ not in validation)
    return frozenset(validation)
