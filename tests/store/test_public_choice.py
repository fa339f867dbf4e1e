"""What the catalog of public sets offers can be had, and what cannot be had is told before anything is fetched."""

import pytest

from tlcore.data import limits
from tlcore.data.public_sets import PUBLIC_SETS, public_set
from tlcore.errors import ChoiceError, ThawError
from tlcore.fetch import MIRROR_VARIABLE


def test_every_public_set_may_be_unpacked():
    for one in PUBLIC_SETS:
        assert 1.1 * one.pictures < limits.PUBLISHED.entries
        assert 4 * one.size < limits.PUBLISHED.bytes


@pytest.mark.parametrize(
    ("key", "classes", "words"),
    [
        ("cifar10", (), "60,000 pictures; 20,000 is the most for a set. Choose a smaller set."),
        ("food101", public_set("food101").class_folders[:21], "21,000 pictures; .* Choose fewer of its classes."),
    ],
)
def test_too_many_pictures_are_told_before_anything_is_fetched(read, monkeypatch, key, classes, words):
    monkeypatch.setenv(limits.MODE_VARIABLE, "class")
    monkeypatch.setenv(MIRROR_VARIABLE, "http://127.0.0.1:9")
    with pytest.raises(ThawError, match=words):
        read(key, classes)


@pytest.mark.parametrize(
    ("key", "chosen", "words"),
    [
        ("food101", ("pizza", "piza"), "Did you mean pizza"),
        ("food101", ("pizza",), "One class alone"),
        ("eurosat", ("AnnualCrop", "SeaLake"), "not a class"),
    ],
)
def test_classes_that_cannot_be_chosen_are_told_before_anything_is_fetched(read, key, chosen, words):
    with pytest.raises(ChoiceError, match=words):
        read(key, chosen)


def test_without_a_network_it_is_told_in_plain_words(read, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv(MIRROR_VARIABLE, "http://127.0.0.1:9")
    with pytest.raises(ThawError, match="This machine has no internet"):
        read("eurosat")


def test_a_disk_without_room_is_told_before_anything_is_fetched(read, monkeypatch):
    monkeypatch.setattr("tlcore.data.downloads.free_bytes", lambda _folder: 1_000_000_000)
    with pytest.raises(ThawError, match=r"Food-101 takes 10\.0 GB for a while"):
        read("food101")


def test_public_sets_have_different_keys_and_are_checked_or_come_by_a_secure_way():
    assert len({one.key for one in PUBLIC_SETS}) == len(PUBLIC_SETS)
    assert all(file.md5 or file.url.startswith("https://") for one in PUBLIC_SETS for file in one.files)


def test_the_classes_that_can_be_chosen_are_those_of_food101():
    assert len(set(public_set("food101").class_folders)) == public_set("food101").classes


def test_an_unknown_public_set_names_the_nearest():
    with pytest.raises(ChoiceError, match="Did you mean hymenoptera"):
        public_set("hymenopter")
