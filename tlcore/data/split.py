"""Which pictures are kept for judging: drawn by content and seed, whatever the files are called."""

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import chain

from tlcore.data.marks import SplitBy


def held_back(groups: Mapping[str, Sequence[str]], split: SplitBy) -> frozenset[str]:
    """Return which groups of pictures are for validation, about the same share of every class.

    `groups` has for each group, under a name that comes from its content, the class of each of its pictures. A group
    is on one side only; one that would take a class's last picture to learn from stays where it can be learned from.
    """
    drawn = sorted(groups, key=lambda name: sha256(f"{split.seed}:{name}".encode()).digest())
    sizes = Counter(chain.from_iterable(groups.values()))
    chosen = _fold(groups, drawn, split) if split.folds else _share(groups, drawn, sizes, split.share)
    left = sizes - Counter(chain.from_iterable(groups[name] for name in chosen))
    validation = set()
    for name in chosen:
        if any(left[label] == 0 for label in groups[name]):
            left.update(groups[name])
        else:
            validation.add(name)
    return frozenset(validation)


def _share(
    groups: Mapping[str, Sequence[str]], drawn: Sequence[str], sizes: Mapping[str, int], share: float
) -> list[str]:
    """Take groups in the order drawn while each of their classes still lacks validation pictures."""
    lacking = {label: max(1, round(share * size)) for label, size in sizes.items()}
    chosen = []
    for name in drawn:
        # Most groups come when their class has enough already, and counting costs more than all the rest.
        labels = groups[name]
        if not lacking[labels[0]]:
            continue
        wanted = Counter(labels) if len(labels) > 1 else {labels[0]: 1}
        if all(lacking[label] >= count for label, count in wanted.items()):
            chosen.append(name)
            for label, count in wanted.items():
                lacking[label] -= count
    judged = {label for name in chosen for label in groups[name]}
    for label in sizes.keys() - judged:
        # Every group was larger than what was wanted: the smallest is nearest to it.
        chosen.append(min((name for name in drawn if label in groups[name]), key=lambda name: len(groups[name])))
    return list(dict.fromkeys(chosen))


def _fold(groups: Mapping[str, Sequence[str]], drawn: Sequence[str], split: SplitBy) -> list[str]:
    """Deal the groups out like cards, each to the fold that has fewest of its class so far, and take one fold."""
    counts: dict[str, list[int]] = {}
    chosen = []
    for name in drawn:
        label, _ = Counter(groups[name]).most_common(1)[0]
        count = counts.setdefault(label, [0] * split.folds)
        # Where all are equal the name says where to begin, or small classes would all be judged in the first fold.
        begin = int(sha256(name.encode()).hexdigest(), 16) % split.folds
        fold = min(range(split.folds), key=lambda place: (count[place], (place - begin) % split.folds))
        count[fold] += len(groups[name])
        if fold == split.fold - 1:
            chosen.append(name)
    return chosen
