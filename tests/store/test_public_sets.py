"""Public sets arrive as their makers pack them, and become classes and sides as their makers meant them."""

import gzip
import io
import struct
import tarfile
import threading
from contextlib import closing
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from tlcore.data import limits
from tlcore.data.public_sets import PUBLIC_SETS, public_set
from tlcore.errors import ThawError
from tlcore.fetch import MIRROR_VARIABLE
from tlcore.store import Store, reading


def picture(number, size=(24, 18)):
    """A JPEG unlike every other."""
    noise = np.random.default_rng(number).integers(0, 255, (3, 4, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(file, "JPEG")
    return file.getvalue()


def pictures(*names):
    return {name: picture(number) for number, name in enumerate(names)}


def of_each(places, count=2, suffix="jpg"):
    """Names of so many pictures below each place."""
    return [f"{place}/{place.rpartition('/')[2]}_{number}.{suffix}" for place in places for number in range(count)]


def tarred(files, mode="w:gz"):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def zipped(files):
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def matlab(**values):
    file = io.BytesIO()
    savemat(file, {name: np.array([numbers]) for name, numbers in values.items()})
    return file.getvalue()


def lines(*rows):
    return "".join(f"{row}\n" for row in rows).encode()


def hymenoptera():
    places = [f"hymenoptera_data/{side}/{name}" for side in ("train", "val") for name in ("ants", "bees")]
    return {"hymenoptera_data.zip": zipped(pictures(*of_each(places)))}


def flowers():
    return {
        "102flowers.tgz": tarred(pictures(*(f"jpg/image_{number:05d}.jpg" for number in range(1, 9)))),
        "imagelabels.mat": matlab(labels=[1, 1, 1, 1, 102, 102, 102, 102]),
        "setid.mat": matlab(trnid=[1, 5], valid=[2, 6], tstid=[3, 4, 7, 8]),
    }


def pets():
    names = [f"{breed}_{number}" for breed in ("Abyssinian", "american_bulldog") for number in (1, 2, 3)]
    told = [f"{name} {1 + (place > 2)} 1 1" for place, name in enumerate(names)]
    return {
        "images.tar.gz": tarred(
            pictures(*(f"images/{name}.jpg" for name in names)) | {"images/Abyssinian_1.mat": b"x"}
        ),
        "annotations.tar.gz": tarred(
            {
                "annotations/list.txt": lines("#Image CLASS-ID SPECIES BREED ID", *told),
                "annotations/trainval.txt": lines(*told[:2], *told[3:5]),
                "annotations/test.txt": lines(told[2], told[5]),
                "annotations/trimaps/Abyssinian_1.png": picture(99),
            }
        ),
    }


def eurosat():
    return {"EuroSAT.zip": zipped(pictures(*of_each(["2750/AnnualCrop", "2750/SeaLake"], 5)))}


def imagenette(folder):
    places = [f"{folder}/{side}/{wnid}" for side in ("train", "val") for wnid in ("n01440764", "n03888257")]
    files = pictures(*of_each(places, suffix="JPEG")) | {f"{folder}/noisy_imagenette.csv": b"path,noisy\n"}
    return {f"{folder}.tgz": tarred(files)}


def dtd():
    names = of_each(["dtd/images/banded", "dtd/images/woven"], 3)
    short = [name.removeprefix("dtd/images/") for name in names]
    lists = {f"dtd/labels/{side}1.txt": lines(*short[place::3]) for place, side in enumerate(("train", "val", "test"))}
    return {"dtd-r1.0.1.tar.gz": tarred(pictures(*names) | lists)}


def food():
    dishes = ("apple_pie", "pizza", "waffles")
    names = [f"{dish}/{number}" for dish in dishes for number in (1005649, 1011328)]
    lists = {"food-101/meta/train.txt": lines(*names[::2]), "food-101/meta/test.txt": lines(*names[1::2])}
    return {"food-101.tar.gz": tarred(pictures(*(f"food-101/images/{name}.jpg" for name in names)) | lists)}


def cifar():
    draw = np.random.default_rng(0)
    files = {"cifar-10-batches-bin/batches.meta.txt": b"airplane\nautomobile\n\n"}
    for name in (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"):
        rows = [bytes([label]) + draw.integers(0, 255, 3072, dtype=np.uint8).tobytes() for label in (0, 1)]
        files[f"cifar-10-batches-bin/{name}.bin"] = b"".join(rows)
    return {"cifar-10-binary.tar.gz": tarred(files)}


def fashion():
    draw = np.random.default_rng(0)
    files = {}
    for name, count in (("train", 8), ("t10k", 4)):
        pixels = draw.integers(0, 255, 28 * 28 * count, dtype=np.uint8).tobytes()
        files[f"{name}-images-idx3-ubyte.gz"] = gzip.compress(struct.pack(">4L", 2051, count, 28, 28) + pixels)
        labels = bytes(9 * (number % 2) for number in range(count))
        files[f"{name}-labels-idx1-ubyte.gz"] = gzip.compress(struct.pack(">2L", 2049, count) + labels)
    return files


def aircraft():
    data = "fgvc-aircraft-2013b/data"
    told = [f"{number:07d} {variant}" for number, variant in enumerate(["707-320"] * 3 + ["F/A-18"] * 3)]
    files = pictures(*(f"{data}/images/{number:07d}.jpg" for number in range(6)))
    for place, side in enumerate(("train", "val", "test")):
        files[f"{data}/images_variant_{side}.txt"] = lines(*told[place::3])
    return {"fgvc-aircraft-2013b.tar.gz": tarred(files)}


def caltech():
    names = of_each(["256_ObjectCategories/001.ak47", "256_ObjectCategories/257.clutter"], 5)
    return {
        "256_ObjectCategories.tar": tarred(pictures(*names) | {"256_ObjectCategories/198.spider/RENAME2": b"x"}, "w")
    }


MADE = {
    # key: (maker of its files, classes, pictures to learn from, to check with, left out)
    "hymenoptera": (hymenoptera, ("ants", "bees"), 4, 4, 0),
    "flowers102": (flowers, ("blackberry lily", "pink primrose"), 2, 2, 4),
    "pets": (pets, ("Abyssinian", "American Bulldog"), 4, 2, 0),
    "eurosat": (eurosat, ("AnnualCrop", "SeaLake"), 8, 2, 0),
    "imagenette": (partial(imagenette, "imagenette2-160"), ("parachute", "tench"), 4, 4, 0),
    "imagenette-full": (partial(imagenette, "imagenette2"), ("parachute", "tench"), 4, 4, 0),
    "dtd": (dtd, ("banded", "woven"), 2, 2, 2),
    "food101": (food, ("apple pie", "pizza", "waffles"), 3, 3, 0),
    "cifar10": (cifar, ("airplane", "automobile"), 10, 2, 0),
    "fashion": (fashion, ("Ankle boot", "T-shirt-top"), 8, 4, 0),
    "aircraft": (aircraft, ("707-320", "F-A-18"), 2, 2, 2),
    "caltech256": (caltech, ("ak47", "clutter"), 8, 2, 0),
}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def publish(tmp_path, monkeypatch):
    """Serve the files of a set where it says that they are; their sums are not those of the real ones."""
    site = tmp_path / "site"
    site.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv(MIRROR_VARIABLE, f"http://127.0.0.1:{server.server_port}")

    def publish(key):
        made, one = MADE[key][0](), public_set(key)
        for file in one.files:
            place = site / urlsplit(file.url).path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(made[file.name])
        untold = replace(one, files=tuple(replace(file, md5=None) for file in one.files))
        monkeypatch.setattr(reading, "public_set", lambda _key: untold)
        return key

    yield publish
    server.shutdown()
    server.server_close()
    thread.join()


def test_every_public_set_is_made_here():
    assert set(MADE) == {one.key for one in PUBLIC_SETS}


@pytest.mark.parametrize("key", MADE)
def test_a_public_set_becomes_classes_and_sides(store, publish, read, key):
    _, classes, train, val, left_out = MADE[key]
    manifest = read(publish(key))
    assert manifest.classes == classes
    assert (len(manifest.of("train")), len(manifest.of("val"))) == (train, val)
    assert len(manifest.left_out) == left_out
    assert {one.code for one in manifest.left_out} <= {"KEPT_APART"}
    assert {path.suffix for path in store.downloads.iterdir()} <= {".lock", ".survey"}


def test_the_colours_of_bare_pixels_are_in_their_places(store, publish, read):
    manifest = read(publish("cifar10"))
    first = np.random.default_rng(0).integers(0, 255, 3072, dtype=np.uint8).reshape(3, 32, 32).transpose(1, 2, 0)
    files = [store.blobs.path(example.id) for example in manifest.examples]
    assert any(np.array_equal(np.asarray(Image.open(file)), first) for file in files)


def test_a_part_of_the_classes_can_be_taken(publish, read):
    manifest = read(publish("food101"), ("pizza", "waffles"))
    assert manifest.classes == ("pizza", "waffles")
    assert manifest.name == "Food-101, 2 classes"


def test_a_part_of_a_set_is_measured_by_what_is_kept(publish, read, monkeypatch):
    monkeypatch.setenv(limits.MODE_VARIABLE, "class")
    assert read(publish("food101"), ("pizza", "waffles")).classes == ("pizza", "waffles")
    with pytest.raises(ThawError, match="of your 500 MB"):
        read("food101")


def test_a_class_can_take_a_part_of_an_archive_that_it_could_not_send(publish, read, monkeypatch):
    monkeypatch.setenv(limits.MODE_VARIABLE, "class")
    small = replace(limits.CLASS, archive=limits.Contents(entries=3, bytes=1000))
    monkeypatch.setattr(limits, "CLASS", small)
    assert read(publish("food101"), ("pizza", "waffles")).classes == ("pizza", "waffles")


def test_the_next_one_takes_the_same_files_without_a_download(store, publish, read, monkeypatch):
    first = read(publish("food101"))
    size = store.blobs.all_bytes()
    monkeypatch.setenv(MIRROR_VARIABLE, "http://127.0.0.1:9")
    assert read("food101", workspace="other").digest == first.digest
    assert store.blobs.all_bytes() == size
    with pytest.raises(ThawError, match="no internet"):
        read("food101", ("pizza", "waffles"), "other")


def test_a_set_that_was_deleted_is_downloaded_again(store, publish, read, monkeypatch):
    read(publish("eurosat"))
    store.space.remove(store.albums.of("person")[0])
    monkeypatch.setenv(MIRROR_VARIABLE, "http://127.0.0.1:9")
    with pytest.raises(ThawError, match="no internet"):
        read("eurosat")


def test_nobody_deletes_a_known_set_between_its_finding_and_its_album(store, publish, read, monkeypatch):
    def found_while_somebody_deletes(*words):
        monkeypatch.setattr("tlcore.store.space._PATIENCE", 0)
        with closing(Store(store.home)) as somebody, pytest.raises(ThawError, match="just coming in"):
            somebody.space.remove(album)
        return find(*words)

    read(publish("eurosat"))
    (album,), find = store.albums.of("person"), store.known_sets.find
    monkeypatch.setattr(store.known_sets, "find", found_while_somebody_deletes)
    assert read("eurosat", workspace="other").classes


def test_a_note_of_a_known_set_is_whole_or_not_there(store, monkeypatch):
    def fail(*_):
        raise OSError("full")

    known = store.known_sets
    with known.alone("eurosat"):
        known.keep("eurosat", (), "a" * 64)
        monkeypatch.setattr("pathlib.Path.replace", fail)
        with pytest.raises(OSError, match="full"):
            known.keep("eurosat", (), "b" * 64)
    assert known.surveys() == {"a" * 64}
