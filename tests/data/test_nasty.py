"""Real files that broke readers: each is read, or refused with the right code."""

import csv
import time
from pathlib import Path

from PIL import ImageStat

from tlcore.data.decode import decode_image
from tlcore.errors import PictureError


def mean(image):
    return ImageStat.Stat(image).mean


# What the real files come to, where it is not simply a picture that can be read.
NASTY = {
    "broken_data_stream.png": "TRUNCATED",
    "truncated_image.png": "TRUNCATED",
    "truncated_end_chunk.png": "TRUNCATED",
    "vips-truncated.jpg": "TRUNCATED",
    "shortfile.bmp": "TRUNCATED",
    "badheadersize.bmp": "CORRUPT",
    "unknown_compression_method.png": "CORRUPT",
    "hopper_unknown_pixel_mode.tif": "CORRUPT",
    "libtiff_segfault.tif": "CORRUPT",
    "hopper_webp.tif": "CORRUPT",
    "xc9n2c08.png": "CORRUPT",
    "xd3n2c08.png": "CORRUPT",
    "xdtn0g01.png": "CORRUPT",
    "xcsn0g01.png": "CORRUPT",
    "xlfn0g04.png": "NOT_AN_IMAGE",
    "xs2n0g01.png": "NOT_AN_IMAGE",
    "xs7n0g01.png": "NOT_AN_IMAGE",
    "badwidth.bmp": "TOO_MANY_PIXELS",
    "decompression_bomb.gif": "TOO_MANY_PIXELS",
    "vips-17000x17000.avif": "TOO_MANY_PIXELS",
    "padded_idat.png": "TOO_LONG_AND_THIN",
    "vips-1bit.tif": "TOO_LONG_AND_THIN",
    "vips-4bit.tif": "TOO_LONG_AND_THIN",
    "background_outside_palette.gif": "TOO_SMALL",
    "no_palette.gif": "TOO_SMALL",
    "no_palette_with_background.gif": "TOO_SMALL",
    "multiple_exif.jpg": "TOO_SMALL",
    "xmp_no_prefix.jpg": "TOO_SMALL",
    "tRNS_null_1x1.png": "TOO_SMALL",
    **{f"s0{side}n3p0{1 if side < 5 else 2}.png": "TOO_SMALL" for side in range(1, 8)},
    "hopper.heif": "HEIC_UNSUPPORTED",
    "vips-logo.svg": "SVG_UNSUPPORTED",
    "empty.jpg": "EMPTY_FILE",
    "test-ole-file.doc": "NOT_AN_IMAGE",
    "hopper.gd": "NOT_AN_IMAGE",
    "hopper.tar": "NOT_AN_IMAGE",
    ".DS_Store": "NOT_AN_IMAGE",
    "lfs-pointer-agricultural01.tif": "NOT_AN_IMAGE",
}

OTHER_KINDS = {".fli", ".sgi", ".j2k", ".jpf", ".dds", ".psd", ".ico", ".icns", ".exr"}


def test_real_files_that_break_readers_are_decided(real_pictures):
    folder = real_pictures / "nasty"
    rows = list(csv.DictReader((folder / "MANIFEST.tsv").read_text("utf-8").splitlines(), delimiter="\t"))
    wrong = []
    for row in rows:
        path = folder / row["folder"] / row["file"]
        expected = NASTY.get(path.name, "NOT_ACCEPTED_TYPE" if path.suffix in OTHER_KINDS else "read")
        if path.name.startswith("crash-") and path.suffix == ".tif" and row["pil_convert_RGB"] != "ok":
            expected = "CORRUPT"
        start = time.perf_counter()
        try:
            got = "read" if decode_image(path).image.mode == "RGB" else "another mode"
        except PictureError as fault:
            got = fault.code
        if got != expected or time.perf_counter() - start > 2:
            wrong.append((path.name, expected, got))
    assert len(rows) > 200
    assert wrong == []


def test_real_photographs_taken_in_all_orientations_stand_upright(real_pictures):
    folder = real_pictures / "nasty" / "orientation"
    views = [
        decode_image(path).image.resize((32, 32)) for path in sorted(Path(folder).glob("hopper_orientation_*.webp"))
    ]
    assert len(views) == 7
    for view in views[1:]:
        assert max(abs(one - other) for one, other in zip(mean(view), mean(views[0]), strict=True)) < 2
        corner, first = view.crop((0, 0, 16, 16)), views[0].crop((0, 0, 16, 16))
        assert max(abs(one - other) for one, other in zip(mean(corner), mean(first), strict=True)) < 4
