"""Shades, transparency, ink and animations come out as a person sees them, with a note where something was done."""

import time

import pytest
from PIL import Image, ImageStat

from tlcore.data.colours import BLANK, SCALED, TRANSPARENT
from tlcore.data.decode import ANIMATION, decode_image
from tlcore.errors import PictureError


def mean(image):
    return ImageStat.Stat(image).mean


def deep_ramp(mode, values):
    image = Image.new(mode, (256, 64))
    image.putdata([values[column] for _ in range(64) for column in range(256)])
    return image


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_keep_their_shades(encoded, kind):
    decoded = decode_image(encoded(deep_ramp("I;16", [column * 257 for column in range(256)]), kind))
    assert abs(mean(decoded.image)[0] - 127.5) < 1
    assert SCALED in decoded.notes


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-5.0, 5.0), (1e6, 2e6)])
def test_fractions_are_scaled_by_their_range(encoded, low, high):
    values = [low + (high - low) * column / 255 for column in range(256)]
    decoded = decode_image(encoded(deep_ramp("F", values), "TIFF"))
    assert abs(mean(decoded.image)[0] - 127.5) < 1
    assert decoded.image.getextrema()[0] == (0, 255)


def test_values_that_are_no_numbers_are_damage(encoded):
    with pytest.raises(PictureError) as caught:
        decode_image(encoded(deep_ramp("F", [float("inf")] * 256), "TIFF"))
    assert caught.value.code == "CORRUPT"


def test_a_blank_picture_is_taken_with_a_note(encoded):
    for mode, colour in (("RGB", (9, 9, 9)), ("F", 0.5), ("I;16", 700)):
        assert BLANK in decode_image(encoded(Image.new(mode, (64, 64), colour), "TIFF")).notes


def test_colours_hidden_under_transparency_stay_hidden(encoded):
    hidden = Image.new("RGBA", (64, 64), (255, 0, 255, 0))
    grey = Image.new("LA", (64, 64), (0, 0))
    palette = Image.new("P", (64, 64), 0)
    palette.putpalette([255, 0, 255, 0, 0, 0])
    for data in (
        encoded(hidden),
        encoded(grey),
        encoded(palette, transparency=0),
        encoded(palette, "GIF", transparency=0),
    ):
        decoded = decode_image(data)
        assert mean(decoded.image)[1] == 255
        assert TRANSPARENT in decoded.notes


def test_an_opaque_picture_with_an_alpha_channel_gets_no_note(encoded):
    decoded = decode_image(encoded(Image.new("RGBA", (64, 64), (10, 20, 30, 255))))
    assert TRANSPARENT not in decoded.notes
    assert mean(decoded.image) == [10, 20, 30]


def test_ink_colours_come_out_right(encoded):
    ink = Image.new("CMYK", (64, 64), (0, 255, 255, 0))
    red, green, blue = mean(decode_image(encoded(ink, "JPEG", quality=95)).image)
    assert red > 230
    assert green < 25
    assert blue < 25


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_plain_modes_become_three_channels(encoded, mode):
    image = Image.linear_gradient("L").convert(mode)
    assert decode_image(encoded(image)).image.mode == "RGB"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_the_first_picture_is_used(encoded, kind):
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue", "green")]
    decoded = decode_image(encoded(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert ANIMATION in decoded.notes
    assert mean(decoded.image)[0] > 200
    assert mean(decoded.image)[2] < 60


def test_a_long_animation_is_not_counted(encoded):
    frames = [Image.new("L", (8, 8), number % 256) for number in range(2000)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    start = time.perf_counter()
    assert ANIMATION in decode_image(data).notes
    assert time.perf_counter() - start < 0.2
