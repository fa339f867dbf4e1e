"""Nothing that is learned from is also judged by: a hundred random sets with copies, and copies in disguise."""

from io import BytesIO
from random import Random

import pytest
from PIL import Image

from tlcore.data.facts import Task, look
from tlcore.data.likeness import groups
from tlcore.data.settle import settle
from tlcore.data.survey import Survey

SETS = 100
SUBJECTS = 40


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    """What reading tells of each subject: the picture itself, and a smaller and a more compressed copy."""
    root = tmp_path_factory.mktemp("shots")

    def fact(subject, kind):
        draw = Random(subject)
        picture = Image.frombytes("RGB", (6, 5), draw.randbytes(90)).resize((160, 120), Image.Resampling.BICUBIC)
        size, quality = {"itself": ((160, 120), 95), "smaller": ((104, 78), 95), "worse": ((160, 120), 40)}[kind]
        file = BytesIO()
        picture.resize(size, Image.Resampling.LANCZOS).save(file, "JPEG", quality=quality)
        path = root / f"{subject} {kind}.jpg"
        path.write_bytes(file.getvalue())
        return look(Task(path.name, 0, path.name, path), None)

    return [[fact(subject, kind) for kind in ("itself", "smaller", "worse")] for subject in range(SUBJECTS)]


def random_set(draw, shots):
    """Return a survey: two to five classes, in half of the sets on two sides, with copies anywhere."""
    classes = [f"class {number}" for number in range(draw.randint(2, 5))]
    sides = ["train/", "val/"] if draw.random() < 0.5 else [""]
    places = [f"{side}{name}" for side in sides for name in classes]
    files = [(f"{place}/first.jpg", shots[number][0]) for number, place in enumerate(places)]
    for number in range(draw.randint(20, 60)):
        subject = shots[draw.randrange(SUBJECTS)]
        files.append((f"{draw.choice(places)}/{number}.jpg", draw.choice(subject)))
        if draw.random() < 0.4:
            files.append((f"{draw.choice(places)}/copy of {number}.jpg", draw.choice(subject)))
    draw.shuffle(files)
    facts = tuple(
        type(fact)(**{name: getattr(fact, name) for name in fact.__slots__} | {"path": path, "where": path})
        for path, fact in files
    )
    return Survey(facts=facts, alike=groups([fact.likeness for fact in facts])), len(sides) > 1


def test_no_content_is_on_both_sides_in_a_hundred_random_sets(shots):
    together = twins = 0
    for seed in range(SETS):
        draw = Random(seed)
        survey, by_folders = random_set(draw, shots)
        manifest = settle("set", survey, (), seed)
        sides = [{example.id for example in manifest.of(split)} for split in ("train", "val")]
        assert not sides[0] & sides[1], seed
        if by_folders:
            continue
        for subject in shots:
            held = [{fact.id for fact in subject} & side for side in sides]
            if len(held[0] | held[1]) > 1:
                twins += 1
                together += not (held[0] and held[1])
    assert twins > 100
    assert together >= 0.9 * twins


def test_what_lies_in_two_classes_is_named_in_each_of_a_hundred_random_sets(shots):
    for seed in range(SETS):
        survey, _ = random_set(Random(seed), shots)
        manifest = settle("set", survey, (), seed)
        classes_of = {}
        for example in manifest.examples:
            classes_of.setdefault(example.id, set()).add(manifest.classes[example.label])
        told = {notice.sentence for notice in manifest.notices}
        for classes in classes_of.values():
            if len(classes) > 1:
                assert f"The same picture lies in {' and in '.join(sorted(classes))}." in told
