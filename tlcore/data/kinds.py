"""What a file is, told from its first bytes: never from its name."""

from dataclasses import dataclass

HEAD_BYTES = 4096
"""How much of a file `kind_of` wants to see; less will do for a shorter file."""

PICTURES = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")
"""The kinds that are read, under the names that Pillow gives them."""

ARCHIVES = ("ZIP", "RAR", "7Z", "TAR", "GZIP", "BZIP2", "XZ", "ZSTD")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: a Pillow format or a short name of ours, and how to call it in a sentence."""

    name: str
    called: str
    is_picture: bool = False  # A picture, or a film or drawing; whether it can be read is another matter.


UNKNOWN = Kind("UNKNOWN", "a file of an unknown kind")
_TEXT = Kind("TEXT", "a text file")
_HEIC = Kind("HEIC", "a HEIC photograph", is_picture=True)
_SVG = Kind("SVG", "an SVG drawing", is_picture=True)
RAW = Kind("RAW", "a camera's raw file", is_picture=True)
_WEB_PAGE = Kind("WEB_PAGE", "a web page")

_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", Kind("JPEG", "a JPEG", is_picture=True)),
    (b"\x89PNG\r\n\x1a\n", Kind("PNG", "a PNG", is_picture=True)),
    (b"GIF87a", Kind("GIF", "a GIF", is_picture=True)),
    (b"GIF89a", Kind("GIF", "a GIF", is_picture=True)),
    (b"II*\x00", Kind("TIFF", "a TIFF", is_picture=True)),
    (b"MM\x00*", Kind("TIFF", "a TIFF", is_picture=True)),
    (b"II+\x00", Kind("TIFF", "a TIFF", is_picture=True)),
    (b"MM\x00+", Kind("TIFF", "a TIFF", is_picture=True)),
    (b"FUJIFILMCCD-RAW", RAW),
    (b"IIRO", RAW),
    (b"IIRS", RAW),
    (b"IIU\x00", RAW),
    (b"8BPS", Kind("PSD", "a Photoshop file", is_picture=True)),
    (b"%!PS", Kind("EPS", "a PostScript file", is_picture=True)),
    (b"\xc5\xd0\xd3\xc6", Kind("EPS", "a PostScript file", is_picture=True)),
    (b"%PDF", Kind("PDF", "a PDF", is_picture=True)),
    (b"\x00\x00\x01\x00", Kind("ICO", "an icon file", is_picture=True)),
    (b"icns", Kind("ICNS", "an icon file", is_picture=True)),
    (b"\x00\x00\x00\x0cjP  ", Kind("JPEG2000", "a JPEG 2000", is_picture=True)),
    (b"\xff\x4f\xff\x51", Kind("JPEG2000", "a JPEG 2000", is_picture=True)),
    (b"\x00\x00\x00\x0cJXL ", Kind("JXL", "a JPEG XL", is_picture=True)),
    (b"\xff\x0a", Kind("JXL", "a JPEG XL", is_picture=True)),
    (b"DDS ", Kind("DDS", "a DirectDraw texture", is_picture=True)),
    (b"v/1\x01", Kind("EXR", "an OpenEXR picture", is_picture=True)),
    (b"\x01\xda", Kind("SGI", "an SGI picture", is_picture=True)),
    (b"qoif", Kind("QOI", "a QOI picture", is_picture=True)),
    (b"\x1aE\xdf\xa3", Kind("FILM", "a film", is_picture=True)),
    (b"PK\x03\x04", Kind("ZIP", "a zip archive")),
    (b"PK\x05\x06", Kind("ZIP", "a zip archive")),
    (b"PK\x07\x08", Kind("ZIP", "a zip archive")),
    (b"Rar!\x1a\x07", Kind("RAR", "a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", Kind("7Z", "a 7-Zip archive")),
    (b"\x1f\x8b", Kind("GZIP", "a gzip archive")),
    (b"BZh", Kind("BZIP2", "a bzip2 archive")),
    (b"\xfd7zXZ\x00", Kind("XZ", "an xz archive")),
    (b"\x28\xb5\x2f\xfd", Kind("ZSTD", "a Zstandard archive")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind("OFFICE", "an Office document")),
    (b"version https://git-lfs", Kind("LFS", "a Git LFS pointer, not the file itself")),
)


def kind_of(head: bytes) -> Kind:
    """Return what a file is whose first bytes are `head`."""
    if head[8:10] == b"CR" and head[:2] == b"II":  # Canon's begins as a TIFF.
        return RAW
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return Kind("WEBP", "a WebP", is_picture=True) if head[8:12] == b"WEBP" else _film()
    if head[4:8] == b"ftyp":
        return _boxed(head)
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return Kind("BMP", "a BMP", is_picture=True)
    if head[4:6] in (b"\x11\xaf", b"\x12\xaf"):
        return _film()
    if head[257:262] == b"ustar":
        return Kind("TAR", "a tar archive")
    return _written(head)


def _film() -> Kind:
    return Kind("FILM", "a film", is_picture=True)


def _boxed(head: bytes) -> Kind:
    """Tell AVIF, HEIC and films apart by the brands in the first box."""
    length = int.from_bytes(head[:4], "big")
    brands = {head[8:12], *(head[place : place + 4] for place in range(16, min(length, len(head)), 4))}
    if brands & {b"avif", b"avis"}:
        return Kind("AVIF", "an AVIF", is_picture=True)
    if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}:
        return _HEIC
    return _film()


def _written(head: bytes) -> Kind:
    """Tell web pages, drawings and plain text apart; anything with control characters is unknown."""
    if not head or any(byte < 9 or (13 < byte < 32 and byte != 27) for byte in head):
        return UNKNOWN
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head.lower() and start.startswith((b"<?xml", b"<!--", b"<!doctype svg", b"<svg")):
        return _SVG
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return _WEB_PAGE
    return _TEXT
