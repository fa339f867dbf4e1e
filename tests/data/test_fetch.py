"""Downloads go on where they stopped, are checked, and tell in plain words when there is no network."""

import threading
from hashlib import md5, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tlcore.errors import ThawError
from tlcore.fetch import MIRROR_VARIABLE, fetch

CONTENT = bytes(range(256)) * 4000
SHA256 = sha256(CONTENT).hexdigest()


class Shop(BaseHTTPRequestHandler):
    """Serves CONTENT under every path but /none; what it does wrong is set on the server."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        if self.path == "/none":
            self.send_error(404)
            return
        start = 0
        wanted = self.headers.get("Range")
        if wanted and self.server.resumes:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(CONTENT):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        else:
            self.send_response(200)
        body = CONTENT[start:]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.breaks_after])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv(MIRROR_VARIABLE, raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.asked, server.resumes, server.breaks_after = [], True, None
    server.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def silent(_done, _total):
    pass


def refusal(*arguments, **options):
    with pytest.raises(ThawError) as caught:
        fetch(*arguments, **options)
    assert caught.value.hint
    return caught.value.message


def test_a_file_arrives_whole_and_alone(server, tmp_path):
    seen = []
    path = fetch(
        f"{server.address}/set.zip", tmp_path / "new" / "set.zip", lambda *done: seen.append(done), SHA256.upper()
    )
    assert path.read_bytes() == CONTENT
    assert list(path.parent.iterdir()) == [path]
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_a_file_that_is_there_is_not_asked_for_again(server, tmp_path):
    path = tmp_path / "set.zip"
    path.write_bytes(CONTENT)
    assert fetch(f"{server.address}/set.zip", path, silent, SHA256[:8]) == path
    assert fetch(f"{server.address}/set.zip", path, silent) == path
    assert server.asked == []


def test_a_damaged_file_that_is_there_is_replaced(server, tmp_path):
    path = tmp_path / "set.zip"
    path.write_bytes(b"half")
    assert fetch(f"{server.address}/set.zip", path, silent, SHA256).read_bytes() == CONTENT


@pytest.mark.parametrize("resumes", [True, False])
def test_a_broken_download_goes_on(server, tmp_path, resumes):
    path = tmp_path / "set.zip"
    server.breaks_after = 300_000
    assert "no internet" in refusal(f"{server.address}/set.zip", path, silent, SHA256)
    assert not path.exists()
    server.breaks_after, server.resumes = None, resumes
    assert fetch(f"{server.address}/set.zip", path, silent, SHA256).read_bytes() == CONTENT
    assert server.asked[-1] == ("/set.zip", "bytes=300000-")


def test_a_part_that_is_too_long_is_begun_again(server, tmp_path):
    (tmp_path / "set.zip.part").write_bytes(bytes(len(CONTENT) + 5))
    assert fetch(f"{server.address}/set.zip", tmp_path / "set.zip", silent, SHA256).read_bytes() == CONTENT


def test_a_download_that_is_ended_keeps_its_part(server, tmp_path):
    def stop(done, _total):
        if done > 500_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(f"{server.address}/set.zip", tmp_path / "set.zip", stop)
    assert (tmp_path / "set.zip.part").stat().st_size > 500_000


def test_another_content_is_refused_and_thrown_away(server, tmp_path):
    assert "not the file" in refusal(f"{server.address}/set.zip", tmp_path / "set.zip", silent, "0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_the_server_does_not_have_is_told(server, tmp_path):
    assert "404" in refusal(f"{server.address}/none", tmp_path / "set.zip", silent)


def test_without_a_network_it_is_told_in_plain_words(server, tmp_path):
    server.shutdown()
    server.server_close()
    message = refusal(f"{server.address}/set.zip", tmp_path / "set.zip", silent)
    assert message.startswith("This machine has no internet, or 127.0.0.1 does not answer.")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "no address"])
def test_only_the_web_is_asked(url, tmp_path, monkeypatch):
    monkeypatch.delenv(MIRROR_VARIABLE, raising=False)
    assert "no way to download" in refusal(url, tmp_path / "x", silent)


def test_a_mirror_answers_in_place_of_every_server(server, tmp_path, monkeypatch):
    monkeypatch.setenv(MIRROR_VARIABLE, f"{server.address}/mirror/")
    path = fetch("https://download.pytorch.org/tutorial/set.zip", tmp_path / "set.zip", silent)
    assert path.read_bytes() == CONTENT
    assert server.asked == [("/mirror/tutorial/set.zip", None)]


def test_an_md5_is_checked_where_no_better_sum_is_known(server, tmp_path):
    known = md5(CONTENT, usedforsecurity=False).hexdigest()
    path = fetch(f"{server.address}/set.zip", tmp_path / "set.zip", silent, expected_md5=known)
    assert path.read_bytes() == CONTENT
    assert "not the file" in refusal(f"{server.address}/x", tmp_path / "x", silent, expected_md5="0" * 32)
