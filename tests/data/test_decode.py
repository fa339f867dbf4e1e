"""Every odd picture is read as a person sees it, or refused with the right code; nothing else escapes."""

import contextlib
import struct
import threading
import time
import warnings
from random import Random
from zlib import compress, crc32

import pytest
from PIL import Image, ImageStat, TiffImagePlugin

from tlcore.data import decode, limits
from tlcore.data.colours import BLANK
from tlcore.data.decode import SMALL, decode_image
from tlcore.errors import PictureError


def mean(image):
    return ImageStat.Stat(image).mean


def code_of(source, **options):
    with pytest.raises(PictureError) as caught:
        decode_image(source, **options)
    assert caught.value.message
    assert caught.value.hint
    return caught.value.code


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc32(name + body))


def claiming_png(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF"])
def test_accepted_kinds_are_read_by_content(photograph, tmp_path, kind):
    path = tmp_path / "named wrongly, é.txt"
    path.write_bytes(photograph(1, (96, 64), kind))
    decoded = decode_image(path)
    assert (decoded.image.mode, decoded.image.size, decoded.kind) == ("RGB", (96, 64), kind)


def test_a_file_for_stereo_cameras_is_a_jpeg(encoded):
    views = [Image.new("RGB", (80, 60), colour) for colour in ("red", "blue")]
    decoded = decode_image(encoded(views[0], "MPO", save_all=True, append_images=views[1:]), size=8)
    assert decoded.kind == "JPEG"
    assert decoded.notes == (BLANK, SMALL)
    assert mean(decoded.image)[0] > 200


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EMPTY_FILE"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "NOT_AN_IMAGE"),
        (b"not found", "NOT_AN_IMAGE"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "NOT_AN_IMAGE"),
        (b"PK\x03\x04" + bytes(60), "NOT_AN_IMAGE"),
        (bytes(60), "NOT_AN_IMAGE"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(60), "HEIC_UNSUPPORTED"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG_UNSUPPORTED"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "NOT_ACCEPTED_TYPE"),
        (b"%PDF-1.7\n", "NOT_ACCEPTED_TYPE"),
        (b"8BPS\x00\x01" + bytes(60), "NOT_ACCEPTED_TYPE"),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00" + bytes(60), "NOT_ACCEPTED_TYPE"),
        (b"IIRO\x08\x00\x00\x00" + bytes(60), "NOT_ACCEPTED_TYPE"),
        (b"\x00\x00\x01\x00\x01\x00" + bytes(60), "NOT_ACCEPTED_TYPE"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(60), "NOT_ACCEPTED_TYPE"),
    ],
)
def test_what_is_no_accepted_picture_is_named(data, code):
    assert code_of(data) == code


def test_postscript_starts_no_other_program(monkeypatch):
    def forbidden(*_args, **_options):
        raise AssertionError("a process was started")

    monkeypatch.setattr("subprocess.Popen", forbidden)
    assert code_of(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\n") == "NOT_ACCEPTED_TYPE"


def test_a_file_beyond_the_limit_is_not_read(tmp_path, monkeypatch, photograph):
    monkeypatch.setattr(limits, "PICTURE_FILE_BYTES", 100)
    path = tmp_path / "large.jpg"
    path.write_bytes(photograph(1))
    assert code_of(path) == "TOO_BIG_FILE"
    assert code_of(path.read_bytes()) == "TOO_BIG_FILE"


def test_a_missing_file_is_told(tmp_path):
    assert code_of(tmp_path / "gone.jpg") == "UNREADABLE"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_a_picture_cut_anywhere_is_refused(photograph, kind):
    data = photograph(3, (200, 160), kind)
    for part in range(1, 20):
        assert code_of(data[: len(data) * part // 20]) in ("TRUNCATED", "NOT_AN_IMAGE"), part


def test_a_cut_jpeg_is_also_noticed_when_it_is_read_small(photograph):
    data = photograph(3, (1600, 1200))
    assert code_of(data[: len(data) // 2], size=100) == "TRUNCATED"


def test_a_wrong_checksum_is_damage(photograph):
    data = bytearray(photograph(4, (200, 160), "PNG"))
    data[len(data) // 2] ^= 0xFF
    assert code_of(bytes(data)) == "CORRUPT"


@pytest.mark.parametrize(
    ("width", "height", "code"),
    [
        (30_000, 30_000, "TOO_MANY_PIXELS"),
        (13_000, 13_000, "TOO_MANY_PIXELS"),
        (65_500, 65_500, "TOO_MANY_PIXELS"),
        (20_500, 2_000, "TOO_MANY_PIXELS"),
        (1, 20_000, "TOO_LONG_AND_THIN"),
        (65_000, 1, "TOO_LONG_AND_THIN"),
        (3_000, 2, "TOO_LONG_AND_THIN"),
        (1, 1, "TOO_SMALL"),
        (7, 100, "TOO_SMALL"),
    ],
)
def test_sizes_are_judged_from_the_header(width, height, code):
    start = time.perf_counter()
    assert code_of(claiming_png(width, height)) == code
    assert time.perf_counter() - start < 0.25


@pytest.mark.parametrize("tags", [{50706: b"\x01\x04\x00\x00"}, {254: 1, 330: 8}])
def test_the_preview_in_a_raw_file_is_not_taken_for_the_picture(encoded, tags):
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in tags.items():
        directory[tag] = value
    data = encoded(Image.linear_gradient("L"), "TIFF", tiffinfo=directory)
    with pytest.raises(PictureError, match="a camera's raw file") as caught:
        decode_image(data)
    assert caught.value.code == "NOT_ACCEPTED_TYPE"


def test_a_webp_that_claims_too_much_is_not_opened():
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + (16_000).to_bytes(3, "little") * 2
    assert code_of(b"RIFF" + struct.pack("<I", len(body)) + body) == "TOO_MANY_PIXELS"


def test_the_smallest_allowed_picture_is_taken_with_a_note(encoded):
    ramp = Image.frombytes("L", (8, 8), bytes(range(0, 256, 4)))
    assert decode_image(encoded(ramp)).notes == (SMALL,)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(encoded, orientation):
    upright = Image.linear_gradient("L").resize((96, 64)).convert("RGB")
    upright.paste((255, 0, 0), (0, 0, 40, 20))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Places in Image.Transpose.
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = decode_image(encoded(stored, "PNG", exif=exif))
    assert decoded.image.tobytes() == upright.tobytes()
    assert dict(decoded.image.getexif()) == {}


def test_garbage_metadata_do_no_harm(photograph):
    data = photograph(5)
    garbage = b"Exif\x00\x00II*\x00\xff\xff\xff\xff" + Random(1).randbytes(200)
    marked = data[:2] + b"\xff\xe1" + struct.pack(">H", len(garbage) + 2) + garbage + data[2:]
    assert decode_image(marked).image.tobytes() == decode_image(data).image.tobytes()


def test_a_bomb_in_a_text_chunk_is_refused(photograph):
    data = photograph(6, (64, 64), "PNG")
    bomb = chunk(b"zTXt", b"Comment\x00\x00" + compress(bytes(80_000_000)))
    assert code_of(data[:33] + bomb + data[33:]) == "CORRUPT"


def test_with_a_size_a_large_jpeg_is_read_smaller_but_not_too_small(photograph):
    data = photograph(7, (1600, 1200))
    small = decode_image(data, size=150).image
    assert 150 <= min(small.size) < 600
    assert decode_image(data).image.size == (1600, 1200)
    assert decode_image(photograph(7, (60, 50)), size=150).image.size == (60, 50)


def test_nothing_but_a_picture_error_escapes_from_damaged_files(photograph):
    draw = Random(11)
    originals = [photograph(8, (64, 64), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")]
    for _ in range(1500):
        data = bytearray(draw.choice(originals))
        for _ in range(draw.randint(1, 6)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        with contextlib.suppress(PictureError):
            assert decode_image(bytes(data[: draw.randint(1, len(data))])).image.mode == "RGB"


def test_memory_that_does_not_suffice_is_told(monkeypatch, photograph):
    def exhausted(*_args):
        raise MemoryError

    monkeypatch.setattr(decode, "to_rgb", exhausted)
    assert code_of(photograph(9)) == "TOO_MANY_PIXELS"


def test_reading_in_threads_leaves_the_warning_filters_as_they_were(photograph):
    data, before = photograph(10), list(warnings.filters)
    threads = [threading.Thread(target=lambda: [decode_image(data) for _ in range(30)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before
