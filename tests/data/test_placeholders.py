"""A flat drawing among photographs stands for one that was lost; among its like it is what is to be learned."""

from PIL import Image


def flat_drawing():
    image = Image.new("P", (100, 100), 0)
    image.putpalette([247, 247, 247, 60, 60, 60])
    image.paste(1, (20, 40, 80, 55))
    return image


def test_a_placeholder_among_photographs_is_left_out(write_set, settled):
    root = write_set({"ants": 20, "bees": 20})
    flat_drawing().save(root / "ants" / "imageNotFound.gif")
    assert [(one.name, one.code) for one in settled(root).left_out] == [("ants/imageNotFound.gif", "PLACEHOLDER")]


def test_flat_drawings_stay_where_they_are_what_is_to_be_learned(write_set, settled):
    signs = write_set({"ants": 30, "bees": 30, "signs": 0})
    for number in range(3):
        image = flat_drawing()
        image.putpixel((number, 0), 1)
        image.save(signs / "signs" / f"{number}.gif")
    assert settled(signs).counts("train")[2] == 2
    drawings = write_set({"a1": 0, "b1": 0}, folder="drawings")
    for number in range(40):
        image = flat_drawing()
        image.putpixel((number, 0), 1)
        image.save(drawings / ("a1", "b1")[number % 2] / f"{number}.png")
    assert settled(drawings).left_out == ()


def test_a_gif_with_a_real_picture_in_it_stays(write_set, photograph, settled):
    root = write_set({"ants": 20, "bees": 20})
    (root / "ants" / "photograph.gif").write_bytes(photograph(99, (100, 80), "GIF"))
    assert settled(root).left_out == ()
