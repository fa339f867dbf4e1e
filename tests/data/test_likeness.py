"""Copies of a photograph are near it, other photographs are not, and no set makes the comparison slow."""

import time
from io import BytesIO
from random import Random

import pytest
from PIL import Image, ImageEnhance

from tlcore.data.decode import decode_image
from tlcore.data.glance import likeness
from tlcore.data.likeness import groups
from tlcore.data.samples import digits, shapes
from tlcore.errors import PictureError

MANY = 100_000
MANY_DIFFERENT = 30_000
"""As the time grows with the square of these, a hundred thousand take eleven times as long."""


def read(data):
    return decode_image(data, size=320).image


def saved(image, quality=90):
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return read(file.getvalue())


def resized(share):
    return lambda image: saved(image.resize((round(image.width * share), round(image.height * share))))


def cropped(share):
    def crop(image):
        left, top = round(image.width * share), round(image.height * share)
        return saved(image.crop((left, top, image.width - left, image.height - top)))

    return crop


COPIES = {
    "30 percent": resized(0.3),
    "half": resized(0.5),
    "double": resized(2.0),
    "quality 30": lambda image: saved(image, 30),
    "quality 60": lambda image: saved(image, 60),
    "small and poor": lambda image: saved(image.resize((image.width // 3, image.height // 3)), 30),
    "cropped by 1 percent": cropped(0.01),
    "cropped by 2 percent": cropped(0.02),
    "darker": lambda image: saved(ImageEnhance.Brightness(image).enhance(0.85)),
    "brighter": lambda image: saved(ImageEnhance.Brightness(image).enhance(1.15)),
}


def likenesses(files):
    found = []
    for file in files:
        try:
            found.append(likeness(read(file.read_bytes())))
        except PictureError:
            continue
    return found


def together(found):
    """Return the sizes of the groups with more than one member, largest first."""
    first = groups(found)
    return sorted((count for place in set(first) if (count := first.count(place)) > 1), reverse=True)


def flipped(bits, places):
    for place in places:
        bits ^= 1 << place
    return bits


def hashes(numbers):
    return [f"{number:032x}" for number in numbers]


def test_nine_of_ten_copies_of_real_photographs_are_found(real_pictures):
    files = sorted((real_pictures / "hymenoptera").rglob("*.jpg"))[::8]
    originals = [Image.open(file).convert("RGB") for file in files]
    for name, copy in COPIES.items():
        pairs = [
            groups([likeness(read(file.read_bytes())), likeness(copy(image))])
            for file, image in zip(files, originals, strict=True)
        ]
        assert sum(first == (0, 0) for first in pairs) >= 0.9 * len(pairs), name


def test_of_two_hundred_photographs_at_most_one_is_taken_for_another(real_pictures):
    found = likenesses(sorted((real_pictures / "hymenoptera").rglob("*.*"))[::2])
    assert sum(together(found)) < 0.005 * len(found)


def test_drawings_do_not_fall_into_one(tmp_path, real_pictures):
    for folder, most in ((digits(tmp_path), 0.02), (shapes(tmp_path), 0.02), (real_pictures / "clipart_stamps", 0.02)):
        found = likenesses(sorted(folder.rglob("*.png")))
        assert max(together(found), default=0) <= most * len(found), folder.name


def test_pictures_with_nothing_on_them_are_not_alike():
    assert groups(hashes([0, 0, 1, 2])) == (0, 1, 2, 3)


def test_a_group_is_named_by_its_first_and_holds_through_others():
    one = Random(3).getrandbits(128)
    two = flipped(one, range(12))
    three = flipped(two, range(40, 52))
    other = Random(4).getrandbits(128)
    assert groups(hashes([other, one, three, two, other])) == (0, 1, 1, 1, 0)
    assert groups(hashes([one, three])) == (0, 1)


def test_no_pictures_are_no_groups():
    assert groups([]) == ()


def chain(draw):
    links = [draw.getrandbits(128)]
    while len(links) < MANY_DIFFERENT:
        links.append(flipped(links[-1], draw.sample(range(128), 5)))
    return links


BAD_CASES = {
    "identical": lambda draw: [draw.getrandbits(128)] * MANY,
    "empty": lambda _draw: [0] * MANY,
    "all different": lambda draw: [draw.getrandbits(128) for _ in range(MANY_DIFFERENT)],
    "a chain": chain,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD_CASES)
def test_very_many_pictures_take_seconds(name):
    found = hashes(BAD_CASES[name](Random(1)))
    began = time.process_time()
    groups(found)
    assert time.process_time() - began < 5
