"""A zip of sixty odd good pictures and sixty bad ones: each good one is seen as it is, each bad one named."""

import logging
import struct
from io import BytesIO
from random import Random
from zipfile import ZipFile
from zlib import compress, crc32

import pytest
from PIL import Image, ImageChops, ImageStat, TiffImagePlugin

from tlcore.data.colours import BLANK, SCALED, TRANSPARENT
from tlcore.data.decode import ANIMATION, SMALL, decode_image
from tlcore.data.facts import MISNAMED
from tlcore.jobs.eyes import Eyes
from tlcore.store.reading import Reader

SIDE = 96
ADVICE = {
    "EMPTY_FILE": "Copy it again from where it came from.",
    "NOT_AN_IMAGE": "JPEG, PNG or WebP will do.",
    "TRUNCATED": "Copy it again from where it came from.",
    "CORRUPT": ("Open it in a picture program and save it anew.", "Save it anew as 8-bit PNG."),
    "TOO_MANY_PIXELS": "Save it smaller.",
    "TOO_LONG_AND_THIN": "Cut out the part that matters.",
    "TOO_SMALL": "Use a larger picture.",
    "HEIC_UNSUPPORTED": "Export it as JPEG, or set the iPhone's camera to Most Compatible.",
    "SVG_UNSUPPORTED": "Export it as PNG.",
    "NOT_ACCEPTED_TYPE": ("Save it as JPEG or PNG.", "Take single pictures out of it, as JPEG or PNG."),
}


def scene(number, size=(SIDE, SIDE * 3 // 4)):
    seed = Image.frombytes("RGB", (5, 4), Random(number).randbytes(60))
    return seed.resize(size, Image.Resampling.BICUBIC)


def saved(image, kind="JPEG", **options):
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc32(name + body))


def claiming(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def ramp(mode, values):
    image = Image.new(mode, (256, 64))
    image.putdata([values[column] for _ in range(64) for column in range(256)])
    return image


def turned(orientation):
    """Return a file that, turned as it asks, shows the one upright picture."""
    upright = Image.linear_gradient("L").resize((SIDE, 64)).convert("RGB")
    upright.paste((255, 0, 0), (0, 0, 40, 20))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # places in Image.Transpose
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(stored, "PNG", exif=exif)


def with_garbage(data, marker, body):
    return data[:2] + b"\xff" + marker + struct.pack(">H", len(body) + 2) + body + data[2:]


def moving(kind):
    first, *others = (scene(700 + number) for number in range(3))
    return saved(first, kind, save_all=True, append_images=others)


def deep_colours():
    """Return a PNG with 16 bits for each of red, green and blue."""
    rows = b"".join(
        b"\0" + b"".join(struct.pack(">HHH", x * 1000, y * 1000, 30_000) for x in range(64)) for y in range(64)
    )
    header = struct.pack(">IIBBBBB", 64, 64, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", compress(rows)) + chunk(b"IEND", b"")


def polyglot():
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("inside.txt", "text")
    return saved(scene(31)) + packed.getvalue()


def flipped(data):
    """Return a JPEG with one wrong byte in its pixels that no reader can tell from a right one."""
    changed = bytearray(data)
    changed[-40] ^= 0x04
    return bytes(changed)


def good():
    """Return name to bytes of sixty pictures that a person would call good, odd as they are stored."""
    hidden = Image.new("RGBA", (64, 64), (255, 0, 255, 0))
    hidden.paste((20, 120, 40, 255), (0, 0, 64, 12))
    palette = scene(12).quantize(16)
    files = {
        "sixteen.png": saved(ramp("I;16", [column * 257 for column in range(256)]), "PNG"),
        "sixteen.tif": saved(ramp("I;16", [column * 200 for column in range(256)]), "TIFF"),
        "fractions.tif": saved(ramp("F", [column / 255 for column in range(256)]), "TIFF"),
        "constant.tif": saved(Image.new("F", (64, 64), 0.5), "TIFF"),
        "deep colours.png": deep_colours(),
        "ink.jpg": saved(scene(8).convert("CMYK"), "JPEG", quality=95),
        "hidden.png": saved(hidden, "PNG"),
        "grey and alpha.png": saved(scene(13).convert("LA"), "PNG"),
        "palette.png": saved(palette, "PNG", transparency=3),
        "palette.gif": saved(palette, "GIF"),
        "one bit.png": saved(scene(14).convert("1"), "PNG"),
        "grey.jpg": saved(scene(15).convert("L")),
        "small.png": saved(scene(16, (8, 9)), "PNG"),
        "wide.jpg": saved(scene(17, (640, 40))),
        "camera.avif": saved(scene(18), "AVIF"),
        "photo.webp": saved(scene(19), "WEBP"),
        "lossless.webp": saved(scene(20), "WEBP", lossless=True),
        "old.bmp": saved(scene(21), "BMP"),
        "progressive.jpg": saved(scene(22), "JPEG", progressive=True),
        "truly a png.jpg": saved(scene(23), "PNG"),
        "truly a gif.png": saved(scene(24).quantize(32), "GIF"),
        "no ending": saved(scene(25)),
        "MiXeD.JpEg": saved(scene(26)),
        "LOUD.PNG": saved(scene(27), "PNG"),
        "garbage exif.jpg": with_garbage(saved(scene(28)), b"\xe1", b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(50)),
        "large profile.jpg": with_garbage(saved(scene(29)), b"\xe2", b"ICC_PROFILE\0\1\1" + bytes(60_000)),
        "xmp.jpg": with_garbage(saved(scene(30)), b"\xe1", b"http://ns.adobe.com/xap/1.0/\0<x:broken"),
        "also a zip.jpg": polyglot(),
        "a flipped byte.jpg": flipped(saved(scene(32))),
        "moving.gif": moving("GIF"),
        "moving.webp": moving("WEBP"),
        "moving.png": moving("PNG"),
        "pages.tif": moving("TIFF"),
        "stereo.jpg": moving("MPO"),
        "nom \N{LATIN SMALL LETTER E WITH ACUTE}.jpg": saved(scene(33)),
        "\N{FOX FACE}\u202egpj.jpg": saved(scene(34)),
        f"{'long ' * 50}.jpg": saved(scene(35)),
        **{f"turned {orientation}.png": turned(orientation) for orientation in range(1, 9)},
    }
    for number in range(60 - len(files)):
        files[f"plain {number}.jpg"] = saved(scene(100 + number))
    return files


def bad():
    """Return name to bytes and the code that each of sixty bad files has to get."""
    photograph, picture = saved(scene(50, (300, 200))), saved(scene(51, (300, 200)), "PNG")
    wrong_sum = bytearray(picture)
    wrong_sum[len(picture) // 2] ^= 0xFF
    raw = TiffImagePlugin.ImageFileDirectory_v2()
    raw[50706] = b"\1\4\0\0"
    text = chunk(b"zTXt", b"Comment\0\0" + compress(bytes(80_000_000)))
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(60)
    drawing = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\n"
    film = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(60)
    files = {
        "empty.jpg": (b"", "EMPTY_FILE"),
        "error page.jpg": (b"<!DOCTYPE html><html><body>404</body></html>", "NOT_AN_IMAGE"),
        "not found.jpg": (b"not found\n", "NOT_AN_IMAGE"),
        "pointer.png": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "NOT_AN_IMAGE"),
        "nothing.jpg": (bytes(500), "NOT_AN_IMAGE"),
        "document.jpg": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), "NOT_AN_IMAGE"),
        "wrong sum.png": (bytes(wrong_sum), "CORRUPT"),
        "text bomb.png": (picture[:33] + text + picture[33:], "CORRUPT"),
        "no numbers.tif": (saved(ramp("F", [float("inf")] * 256), "TIFF"), "CORRUPT"),
        "30000.png": (claiming(30_000, 30_000), "TOO_MANY_PIXELS"),
        "13000.png": (claiming(13_000, 13_000), "TOO_MANY_PIXELS"),
        "65500.png": (claiming(65_500, 65_500), "TOO_MANY_PIXELS"),
        "1x20000.png": (claiming(1, 20_000), "TOO_LONG_AND_THIN"),
        "1x65000.png": (claiming(1, 65_000), "TOO_LONG_AND_THIN"),
        "3000x2.png": (claiming(3_000, 2), "TOO_LONG_AND_THIN"),
        "1x1.png": (saved(Image.new("RGB", (1, 1)), "PNG"), "TOO_SMALL"),
        "7x9.gif": (saved(Image.new("L", (7, 9)), "GIF"), "TOO_SMALL"),
        "phone.heic": (heic, "HEIC_UNSUPPORTED"),
        "phone.jpg": (heic + b"2", "HEIC_UNSUPPORTED"),
        "drawing.svg": (drawing, "SVG_UNSUPPORTED"),
        "drawing.png": (drawing + b"\n", "SVG_UNSUPPORTED"),
        "printed.jpg": (postscript, "NOT_ACCEPTED_TYPE"),
        "pages.jpg": (b"%PDF-1.7\n", "NOT_ACCEPTED_TYPE"),
        "film.jpg": (film, "NOT_ACCEPTED_TYPE"),
        "icon.jpg": (saved(scene(52, (32, 32)), "ICO"), "NOT_ACCEPTED_TYPE"),
        "layers.jpg": (b"8BPS\0\1" + bytes(60), "NOT_ACCEPTED_TYPE"),
        "raw.dng": (saved(scene(53), "TIFF", tiffinfo=raw), "NOT_ACCEPTED_TYPE"),
        "raw.jpg": (b"II*\0\x10\0\0\0CR\2\0" + bytes(60), "NOT_ACCEPTED_TYPE"),
        "waves.jpg": (b"RIFF\x24\0\0\0AVI LIST" + bytes(60), "NOT_ACCEPTED_TYPE"),
        "half.webp": (saved(scene(54, (300, 200)), "WEBP")[:900], "TRUNCATED"),
    }
    for twentieth in range(1, 20):
        files[f"cut {twentieth}.jpg"] = (photograph[: len(photograph) * twentieth // 20], "TRUNCATED")
    for number in range(60 - len(files)):
        files[f"cut {number}.png"] = (picture[: len(picture) * (number + 1) // 13], "TRUNCATED")
    return files


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """A zip as people make them: a wrapper around two classes, and what a Mac adds."""
    path = tmp_path_factory.mktemp("sent") / "Mes photos.zip"
    with ZipFile(path, "w") as archive:
        for number, (name, data) in enumerate({**good(), **{name: data for name, (data, _) in bad().items()}}.items()):
            archive.writestr(f"Mes photos/{'cats' if number % 2 else 'dogs'}/{name}", data)
            archive.writestr(f"__MACOSX/Mes photos/._{name}", b"\0\5\x16\7")
        archive.writestr("Mes photos/.DS_Store", b"\0\0\0\1Bud1")
    return path


@pytest.fixture(scope="module")
def expected():
    assert len(good()) == len(bad()) == 60
    return bad()


@pytest.fixture
def read(store, sent):
    """Read the zip as the app does; return the store, what reading told, and the set that came of it."""
    album = Reader(store, "person", 0, lambda *_: None, Eyes(store)).archive(sent, "Mes photos")
    return store, store.albums.survey(album), store.albums.dataset(album).manifest


def short(path):
    return path.rsplit("/", 1)[-1]


def test_sixty_are_taken_and_sixty_are_named_with_their_reason_and_advice(read, expected, caplog):
    store, survey, manifest = read
    assert sorted(short(fact.path) for fact in survey.facts) == sorted(good())
    assert {short(one.name): one.code for one in survey.unfit} == {name: code for name, (_, code) in expected.items()}
    assert [one.name for one in survey.unfit if not one.sentence.endswith(ADVICE[one.code])] == []
    assert survey.ignored == 121
    assert manifest.classes == ("cats", "dogs")
    assert sum(manifest.counts("train")) + sum(manifest.counts("val")) == 60
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert "Traceback" not in (store.logs / "eyes.log").read_text(encoding="utf-8")


def test_what_is_odd_about_good_pictures_is_told(read):
    notes = {short(fact.path): fact.remarks for fact in read[1].facts}
    assert {name for name, said in notes.items() if MISNAMED in said} == {"truly a png.jpg", "truly a gif.png"}
    assert {name for name, said in notes.items() if ANIMATION in said} == {
        *("moving.gif", "moving.webp", "moving.png", "pages.tif")
    }
    assert {name for name, said in notes.items() if SCALED in said} == {
        *("sixteen.png", "sixteen.tif", "fractions.tif", "constant.tif")
    }
    assert {name for name, said in notes.items() if TRANSPARENT in said} == {"hidden.png", "palette.png"}
    assert BLANK in notes["constant.tif"]
    assert {name for name, said in notes.items() if SMALL in said} == {"small.png", "wide.jpg"}


def test_what_is_taken_is_seen_as_a_person_sees_it(read):
    store, survey, _ = read
    seen = {short(fact.path): decode_image(store.blobs.path(fact.id)).image for fact in survey.facts}
    mean = {name: ImageStat.Stat(image).mean for name, image in seen.items()}
    for name in ("sixteen.png", "sixteen.tif", "fractions.tif"):
        assert abs(mean[name][0] - 127) < 5, name
    assert mean["hidden.png"][1] > 200
    for one, other in zip(mean["ink.jpg"], ImageStat.Stat(scene(8)).mean, strict=True):
        assert abs(one - other) < 10
    assert abs(mean["deep colours.png"][2] - 30_000 / 257) < 2
    upright = seen["turned 1.png"]
    for orientation in range(2, 9):
        difference = ImageChops.difference(seen[f"turned {orientation}.png"], upright)
        assert max(high for _, high in difference.getextrema()) <= 2, orientation
    for image in seen.values():
        assert image.mode == "RGB"
        assert not image.info
