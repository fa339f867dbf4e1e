"""Whether a picture file is all there, as far as its kind can tell without its pixels."""

from zlib import crc32

_NEEDED_CHUNKS = (b"IHDR", b"PLTE", b"IDAT")


def ends_early(data: bytes, kind: str) -> bool:
    """Say whether the end mark of the kind is missing, or fewer bytes are there than the file announces."""
    if kind == "JPEG":
        return b"\xff\xd9" not in data[-1024:]
    if kind == "PNG":
        return b"IEND" not in data[-1024:]
    if kind == "GIF":
        return b"\x3b" not in data[-16:]
    if kind == "WEBP":
        return len(data) < 8 + int.from_bytes(data[4:8], "little")
    if kind == "BMP":
        return len(data) < int.from_bytes(data[2:6], "little")
    return False


def check_sums(data: bytes) -> None:
    """Raise ValueError where a chunk that a PNG's pixels depend on differs from its checksum.

    Pillow does not look at these sums, so flipped bytes would pass as other colours.
    """
    view, place = memoryview(data), 8
    while place + 12 <= len(data):
        length = int.from_bytes(view[place : place + 4], "big")
        name, end = data[place + 4 : place + 8], place + 8 + length
        if end + 4 > len(data) or name == b"IEND":
            return
        if name in _NEEDED_CHUNKS and crc32(view[place + 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
            raise ValueError(f"The chunk {name!r} differs from its checksum.")
        place = end + 4
