"""A picture that somebody brings is kept when it can be looked at, and refused in a plain sentence when it cannot."""

from io import BytesIO

import pytest
from PIL import Image

from tlcore.data.thumbnails import thumbnail_path
from tlcore.errors import PictureError
from tlcore.jobs.own_picture import take_own_picture

PERSON = "a" * 32


def written(image, kind="PNG", **options):
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture
def take(store):
    return lambda data, name="cat.png": take_own_picture(store, PERSON, name, BytesIO(data), len(data))


def test_a_picture_is_kept_by_its_content_with_a_small_one(store, take):
    data = written(Image.radial_gradient("L").convert("RGB"))
    fact = take(data)
    assert store.own.of(PERSON) == [fact.id]
    assert store.own.path(PERSON, fact.id).read_bytes() == data
    assert thumbnail_path(store.thumbnails, fact.id).is_file()
    assert list(store.intake.root.glob("*")) == []


@pytest.mark.parametrize(
    "image",
    [
        Image.radial_gradient("L"),
        Image.new("LA", (40, 40), (90, 10)),
        Image.new("RGBA", (40, 40), (90, 10, 10, 0)),
        Image.new("RGB", (20_000, 1_000), "red"),
    ],
    ids=["grey", "grey and transparent", "transparent", "20 000 pixels long"],
)
def test_grey_transparent_and_long_pictures_are_taken(store, take, image):
    fact = take(written(image))
    assert store.own.of(PERSON) == [fact.id]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty"),
        (b"GIF89a is what it says", "damaged|too early"),
        (b"hello, this is a letter", "It is no picture"),
        (written(Image.effect_noise((400, 400), 90), "JPEG")[:4000], "ends too early"),
        (written(Image.new("1", (20_000, 20_000))), "more than 50 million pixels"),
        (written(Image.new("L", (20_001, 1_100))), "a side may have 20000"),
    ],
    ids=["empty", "broken", "no picture", "cut off", "20 000 pixels square", "too long"],
)
def test_what_cannot_be_looked_at_is_refused_in_words_and_not_kept(store, take, data, said):
    with pytest.raises(PictureError, match=said):
        take(data)
    assert store.own.of(PERSON) == []
    assert list(store.intake.root.glob("*")) == []


def test_a_huge_file_is_refused_before_a_byte_of_it_is_read(store):
    with pytest.raises(PictureError, match="a picture may have"):
        take_own_picture(store, PERSON, "huge.png", None, 41_000_000)
