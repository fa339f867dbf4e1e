"""Weights are found where torch keeps them, are checked before use, and are fetched only when asked for."""

import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.catalog.cards import WeightsCard
from tlcore.catalog.download import download_weights
from tlcore.catalog.weights import check_hash, torch_cache, weights_file
from tlcore.errors import ThawError, WeightsError
from tlcore.fetch import MIRROR_VARIABLE

CONTENT = b"weights of a very small network" * 1000
SHA256 = sha256(CONTENT).hexdigest()
CLOSED = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path / "torch" / "hub" / "checkpoints"


@pytest.fixture
def mirror(monkeypatch):
    class Shop(BaseHTTPRequestHandler):
        def do_GET(self):
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
        source="download", file=file, sha256=digest, megabytes=0.1, url=f"https://download.pytorch.org/models/{file}"
    )


def silent(_done, _total):
    pass


def test_the_packages_weights_are_the_published_ones():
    weights = backbone(DEFAULT).weights
    path = weights_file(weights)
    assert path is not None
    check_hash(path, weights.sha256)
    assert path.stat().st_size / 1024**2 == pytest.approx(weights.megabytes, abs=0.05)


def test_a_flipped_byte_is_noticed(tmp_path):
    weights = backbone(DEFAULT).weights
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
