"""Tars of every kind and packing come out as their folders; damaged ones are decided without another exception."""

import bz2
import gzip
import io
import lzma
import tarfile
from random import Random

import pytest

from tlcore.data.archive import unpack
from tlcore.errors import PictureError


def silent(_done, _total):
    pass


def take(room, data):
    archive = room.parent / "upload é.zip"
    archive.write_bytes(data)
    return unpack(archive, room / "files", silent)


PACKED = {
    "tar": bytes,
    "tar.gz": gzip.compress,
    "tar.bz2": bz2.compress,
    "tar.xz": lzma.compress,
    "two xz in a row": lambda data: lzma.compress(data[:700]) + lzma.compress(data[700:]),
}


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("written_as", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_set_comes_out_of_a_tar_as_from_its_folder(room, write_set, settled, kind, written_as):
    folder = write_set({"cats": 4, "dogs": 4, "dogs/" + "deep " * 15: 1})
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=written_as) as archive:
        archive.add(folder, "./my pets")
    unpacked = take(room, PACKED[kind](file.getvalue()))
    assert all(name.startswith("my pets/") for name, _ in unpacked.pairs)
    assert settled(room / "files", paths=unpacked.pairs).digest == settled(folder).digest


def test_a_tar_keeps_names_that_its_header_has_no_room_for(room):
    long = f"ants/{'é' * 200}.jpg"
    for written_as in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w", format=written_as) as archive:
            for name in (long, "bees/2.jpg"):
                entry = tarfile.TarInfo(name)
                entry.size = 3
                archive.addfile(entry, io.BytesIO(b"one"))
        assert [name for name, _ in take(room, file.getvalue()).pairs] == [long, "bees/2.jpg"]


def test_damaged_tars_are_decided_without_another_exception(room):
    draw = Random(4)
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for number in range(3):
            entry = tarfile.TarInfo(f"a/{number}.jpg")
            entry.size, entry.pax_headers = 200, {"comment": "é" * number}
            archive.addfile(entry, io.BytesIO(draw.randbytes(200)))
    for pack in (bytes, gzip.compress, lzma.compress):
        original = pack(file.getvalue())
        for _ in range(150):
            data = bytearray(original)
            for _ in range(draw.randint(1, 4)):
                data[draw.randrange(len(data))] = draw.randrange(256)
            try:
                take(room, data)
            except PictureError as fault:
                assert fault.code  # noqa: PT017
    assert not list(room.glob(".*"))
