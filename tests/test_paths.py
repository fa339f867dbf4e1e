"""Everything lies in one home folder, and no name from outside leads out of it."""

from pathlib import Path

import pytest

from tlcore.errors import ChoiceError
from tlcore.paths import HOME_VARIABLE, home_folder, safe_path


def test_the_home_is_as_named_else_from_the_environment_else_in_the_persons_own(tmp_path, monkeypatch):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "from environment"))
    assert home_folder(str(tmp_path / "named")) == (tmp_path / "named").resolve()
    assert home_folder() == (tmp_path / "from environment").resolve()
    monkeypatch.delenv(HOME_VARIABLE)
    assert home_folder() == Path.home() / ".thaw"


def test_a_tilde_means_the_persons_own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert home_folder("~/lab") == (tmp_path / "lab").resolve()


@pytest.mark.parametrize("name", ["ab/ab12", "3fe.json", "0" * 64])
def test_a_generated_name_is_joined(tmp_path, name):
    assert safe_path(tmp_path, name) == tmp_path / name


@pytest.mark.parametrize(
    "name",
    [
        "..", "../x", "a/../../x", "/etc/passwd", "a//b", "", ".", ".hidden", "a/", "C:\\x", "a\\b", "x..y",
        "con:1", "a\x00b", "a b", "é", "a\n", "x" * 129, "file://x",
    ],
)  # fmt: skip
def test_any_other_name_is_refused_without_repeating_it(tmp_path, name):
    with pytest.raises(ChoiceError) as caught:
        safe_path(tmp_path, name)
    assert str(tmp_path) not in str(caught.value)
