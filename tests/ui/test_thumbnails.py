"""Thumbnails are kept ready once they are there, and not missed for good where they come late."""

from base64 import b64encode

from PIL import Image

from tlcore.data.thumbnails import thumbnail_path, write_thumbnail
from tlcore.ui.thumbnails import small, thumbnail


def test_a_thumbnail_that_comes_late_is_shown_then(store, monkeypatch):
    monkeypatch.setattr("tlcore.ui.thumbnails.store", lambda: store)
    picture = "ab" * 32
    assert thumbnail(picture) == small(picture)
    write_thumbnail(Image.new("RGB", (160, 160), "red"), store.thumbnails, picture)
    whole = thumbnail_path(store.thumbnails, picture).read_bytes()
    assert thumbnail(picture) == f"data:image/jpeg;base64,{b64encode(whole).decode()}"
    assert thumbnail(picture) != small(picture)
