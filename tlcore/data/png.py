"""PNG files that are the same to the byte on every machine, because nothing in them is compressed.

Pillow's own PNG files differ with the version of its compressor, and a picture's id is made of its file's bytes.
"""

import struct
from zlib import adler32, crc32

from PIL import Image

_STORED_BLOCK = 65_535  # Bytes, by the format of deflate.


def plain_png(image: Image.Image) -> bytes:
    """Return a picture of mode L or RGB as a PNG; one with at most 256 colours takes a byte for each pixel."""
    width, height = image.size
    colour_type, palette, pixels = _packed(image)
    row = len(pixels) // height
    rows = b"".join(b"\0" + pixels[start : start + row] for start in range(0, len(pixels), row))
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", palette), (b"IDAT", _stored(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, body) for name, body in chunks if body or name in (b"IDAT", b"IEND")
    )


def _packed(image: Image.Image) -> tuple[int, bytes, bytes]:
    """Return the colour type, the palette (or nothing) and the pixels in rows."""
    if image.mode == "L":
        return 0, b"", image.tobytes()
    colours = image.getcolors(256)
    if colours is None:
        return 2, b"", image.tobytes()
    distinct = sorted(colour for _, colour in colours)
    place = {bytes(colour): index for index, colour in enumerate(distinct)}  # type: ignore[arg-type]
    flat = image.tobytes()
    pixels = bytes(place[flat[start : start + 3]] for start in range(0, len(flat), 3))
    return 3, b"".join(place), pixels


def _stored(data: bytes) -> bytes:
    """Return a zlib stream of stored blocks."""
    blocks = []
    for start in range(0, len(data), _STORED_BLOCK):
        block = data[start : start + _STORED_BLOCK]
        last = start + _STORED_BLOCK >= len(data)
        blocks.append(struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block)
    return b"\x78\x01" + b"".join(blocks) + struct.pack(">I", adler32(data))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc32(name + body))
