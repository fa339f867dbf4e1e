"""Heatmaps keep their pixels' places and turn little into dark, much into light."""

from base64 import b64decode, b64encode
from io import BytesIO
from itertools import pairwise

from PIL import Image

from tlcore.figures.heatmaps import brightest, data_uri, heatmap, palette


def grey(values, size):
    picture = Image.frombytes("L", size, bytes(values))
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return b64encode(buffer.getvalue()).decode()


def drawn(uri):
    kind, _, data = uri.partition(";base64,")
    assert kind == "data:image/png"
    return Image.open(BytesIO(b64decode(data))).convert("RGB")


def test_the_palette_grows_lighter_all_the_way():
    colours = [palette()[place : place + 3] for place in range(0, 768, 3)]
    lightness = [0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in colours]
    assert len(colours) == 256
    assert all(later >= earlier - 0.5 for earlier, later in pairwise(lightness))
    assert colours[0] == bytes.fromhex("440154")
    assert colours[-1] == bytes.fromhex("FDE725")


def test_a_heatmap_has_the_size_and_the_places_of_its_values():
    picture = drawn(heatmap(grey([0, 255, 128, 0, 0, 0], (3, 2))))
    assert picture.size == (3, 2)
    assert picture.getpixel((0, 0)) == tuple(bytes.fromhex("440154"))
    assert picture.getpixel((1, 0)) == tuple(bytes.fromhex("FDE725"))


def test_an_address_holds_its_bytes():
    assert data_uri(b"abc", "text/plain") == "data:text/plain;base64,YWJj"


def test_the_brightest_square_is_told_by_row_and_column():
    assert brightest(grey([0, 9, 9, 0, 10, 0], (3, 2))) == (1, 1)
    assert brightest(grey([5] * 6, (2, 3))) == (0, 0)
