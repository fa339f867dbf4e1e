"""Pictures made to take memory or time are refused or read within the limits, on the way into a set and a network."""

import csv
import json
import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from random import Random
from zlib import compress, crc32

import psutil
import pytest
from PIL import Image

import tlcore
from tlcore.data.facts import Fact, Task, look
from tlcore.data.manifest import LeftOut
from tlcore.jobs.eyes import Eyes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the most memory of a moment")

ROOT = Path(tlcore.__file__).parent.parent
MEGABYTE = 1_000_000
TRIES = 5
"""The quickest of so many tells how long it takes when nothing else is done."""

MEASURED = """
import json, sys, time
from pathlib import Path
from tlcore.errors import PictureError
from tlcore.jobs.memory import limit_memory
way, tries = sys.argv[1:]
if way == "look":
    from tlcore.data.facts import Fact, Task, look
    limit_memory(1000)
    def outcome(path):
        seen = look(Task(path.name, 0, path.name, path), None)
        return "read" if isinstance(seen, Fact) else seen.code
else:
    import psutil
    from tlcore.catalog.cards import Preprocessing
    from tlcore.engine.modality.image import Encoder
    encoder = Encoder(Preprocessing(resize=256, crop=224, interpolation="bilinear", mean=(0.5,) * 3, std=(0.5,) * 3))
    limit_memory(psutil.Process().memory_info().vms // 1024**2 + 1000)
    def outcome(path):
        try:
            return "read" if encoder.encode(path).shape == (3, 224, 224) else "another shape"
        except PictureError as fault:
            return fault.code
def taken():
    lines = Path("/proc/self/status").read_text().splitlines()
    return {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith(("VmHWM", "VmRSS"))}
for line in sys.stdin:
    path, seconds = Path(json.loads(line)), []
    Path("/proc/self/clear_refs").write_text("5")  # the most memory ever is counted from here
    before = taken()["VmRSS"]
    for _ in range(int(tries)):
        wall, computing = time.perf_counter(), time.process_time()
        code = outcome(path)
        # Other work makes the clock run ahead, a decoder with threads makes computing run ahead.
        seconds.append(min(time.perf_counter() - wall, time.process_time() - computing))
    print(json.dumps([code, min(seconds), taken()["VmHWM"] - before]), flush=True)
"""


def measured(paths, way="look", tries=TRIES):
    """Return code, seconds and bytes of each file, read by a process that may take a gigabyte."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, way, str(tries)],
        input="".join(f"{json.dumps(str(path))}\n" for path in paths),
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc32(name + body))


def flat_png(width, height, extra=b""):
    """Return a true PNG of one bit per pixel, all black."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = compress(bytes((1 + -(-width // 8)) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def encoded(image, kind, **options):
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def lying(kind, place, size):
    """Return a small picture whose header claims another size."""
    data = bytearray(encoded(Image.linear_gradient("L").convert("RGB"), kind))
    place = data.index(b"\xff\xc0") + 5 if place is None else place
    data[place : place + len(size)] = size
    return bytes(data)


def pages(kind, count, size):
    frames = [Image.new("L", (size, size), number % 251) for number in range(count)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:])


def bombs():
    """Return name to bytes and the code that is expected."""
    text = chunk(b"zTXt", b"Comment\x00\x00" + compress(bytes(80 * MEGABYTE)))
    return {
        "1x20000.png": (flat_png(1, 20_000), "TOO_LONG_AND_THIN"),
        "1x65000.png": (flat_png(1, 65_000), "TOO_LONG_AND_THIN"),
        "65000x1.png": (flat_png(65_000, 1), "TOO_LONG_AND_THIN"),
        "3000x2.png": (flat_png(3_000, 2), "TOO_LONG_AND_THIN"),
        "30000x30000.png": (flat_png(30_000, 30_000), "TOO_MANY_PIXELS"),
        "13000x13000.png": (flat_png(13_000, 13_000), "TOO_MANY_PIXELS"),
        "ztxt.png": (flat_png(64, 64, text), "CORRUPT"),
        "lying.jpg": (lying("JPEG", None, b"\xff\xdc\xff\xdc"), "TOO_MANY_PIXELS"),
        "lying.bmp": (lying("BMP", 18, struct.pack("<ii", 65_500, 65_500)), "TOO_MANY_PIXELS"),
        "lying.gif": (lying("GIF", 6, struct.pack("<HH", 65_500, 65_500)), "TOO_MANY_PIXELS"),
        "2000 frames.gif": (pages("GIF", 2000, 16), "read"),
        "500 pages.tif": (pages("TIFF", 500, 64), "read"),
    }


@pytest.fixture(scope="module")
def bomb_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bombs")
    made = bombs()
    for name, (data, _) in made.items():
        (folder / name).write_bytes(data)
    return {folder / name: code for name, (_, code) in made.items()}


@pytest.mark.parametrize("way", ["look", pytest.param("encode", marks=pytest.mark.slow)])
def test_bombs_do_nothing_on_the_way_into_a_set_nor_into_a_network(bomb_files, way):
    rows = measured(bomb_files, way)
    assert [code for code, _, _ in rows] == list(bomb_files.values())
    assert max(seconds for _, seconds, _ in rows) <= 0.5
    assert max(taken for _, _, taken in rows) <= 50 * MEGABYTE


def test_bombs_among_what_was_sent_cost_the_reading_process_nothing(store, bomb_files):
    before = psutil.Process().memory_info().rss
    seen = list(Eyes(store)([Task(path.name, 0, path.name, path) for path in bomb_files], store.thumbnails))
    assert [one.code if isinstance(one, LeftOut) else "read" for one in seen] == list(bomb_files.values())
    assert psutil.Process().memory_info().rss - before <= 50 * MEGABYTE


def test_pictures_that_break_readers_take_little_time_and_memory(real_pictures):
    folder = real_pictures / "nasty"
    rows = csv.DictReader((folder / "MANIFEST.tsv").read_text("utf-8").splitlines(), delimiter="\t")
    paths = [folder / row["folder"] / row["file"] for row in rows]
    heavy = [
        (path.name, code, seconds, taken // MEGABYTE)
        for path, (code, seconds, taken) in zip(paths, measured(paths, tries=3), strict=True)
        if seconds > 0.25 or taken > 300 * MEGABYTE
    ]
    assert len(paths) == 236
    assert heavy == []


def test_whatever_is_done_to_a_file_it_is_seen_or_left_out_with_a_reason(tmp_path):
    draw, file = Random(20), tmp_path / "mutant"
    grown = Image.frombytes("RGB", (6, 5), draw.randbytes(90)).resize((48, 40), Image.Resampling.BICUBIC)
    kinds = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
    originals = [encoded(grown, kind) for kind in kinds]
    for number in range(500):
        data = bytearray(draw.choice(originals))
        for _ in range(draw.randint(0, 8)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        if number % 3 == 0:
            data[draw.randrange(len(data)) :] = draw.randbytes(draw.randint(0, 60))
        file.write_bytes(data)
        seen = look(Task("mutant", 0, "mutant", file), tmp_path / "small")
        assert isinstance(seen, Fact) or (seen.code.isupper() and seen.sentence.endswith("."))
