"""The mosaic has a projector's shape, room for every class, and the same bytes for the same pictures."""

from io import BytesIO

import pytest
from PIL import Image

from tlcore.data.thumbnails import write_thumbnail
from tlcore.figures.mosaic import WIDTH, mosaic, pictures_for


@pytest.fixture
def files(tmp_path):
    """Thumbnails in one colour each."""
    made = []
    for number, colour in enumerate(("red", "green", "blue")):
        write_thumbnail(Image.new("RGB", (160, 160), colour), tmp_path, f"{number:064x}")
        made.append(tmp_path / f"{number:064x}"[:2] / f"{number:064x}.jpg")
    return made


def opened(data):
    return Image.open(BytesIO(data)).convert("RGB")


@pytest.mark.parametrize("classes", [1, 2, 3, 5, 10, 17, 37, 60])
def test_a_wall_fills_a_projector_and_shows_every_class(classes, files):
    assert pictures_for(classes) >= 1
    wall = opened(mosaic([(f"class {number}", files) for number in range(classes)], "light"))
    assert wall.width == WIDTH
    assert 500 <= wall.height <= 1200
    pixels = wall.resize((480, wall.height // 4)).tobytes()
    reds = sum(red > 200 and green < 60 for red, green in zip(pixels[::3], pixels[1::3], strict=True))
    assert reds > 100 * classes


def test_the_ground_follows_the_theme(files):
    light, dark = (opened(mosaic([("ants", files)], ground)).getpixel((4, 4)) for ground in ("light", "dark"))
    assert min(light) > 240
    assert max(dark) < 40


def test_the_same_pictures_give_the_same_file(files):
    classes = [("ants", files), ("bees", files[:1])]
    assert mosaic(classes, "light") == mosaic(classes, "light")


def test_a_missing_thumbnail_and_a_name_in_any_script_leave_the_wall_whole(files, tmp_path):
    wall = mosaic([("Ameisen und Bienen " * 20, [tmp_path / "gone.jpg", *files]), ("蜜蜂 🐝 \u202e", files)], "light")
    assert opened(wall).width == WIDTH
