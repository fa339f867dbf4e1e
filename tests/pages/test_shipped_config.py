"""The settings that come with the app, as Streamlit itself reads them."""

import tomllib
from contextlib import chdir
from pathlib import Path

import pytest
from streamlit import config

import tlcore

ROOT = Path(tlcore.__file__).parent.parent
FILE = ROOT / ".streamlit" / "config.toml"
SHIPPED = tomllib.loads(FILE.read_text(encoding="utf-8"))


def options(table, above=""):
    """Yield each setting of a table by its full name."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from options(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


@pytest.fixture
def shipped():
    """Streamlit's settings as they are when the app is started from its own folder."""
    with chdir(ROOT):
        config.get_config_options(force_reparse=True)
        yield config.get_option
    config.get_config_options(force_reparse=True)


def test_no_collection_stalls_the_viewers_after_a_script(shipped):
    assert "runner.postScriptGC" in config.get_config_options()
    assert shipped("runner.postScriptGC") is False


def test_nobody_else_on_the_network_reaches_the_app(shipped):
    assert shipped("server.address") == "127.0.0.1"
    assert shipped("browser.serverAddress") == "127.0.0.1"


def test_no_page_shows_a_traceback(shipped):
    assert shipped("client.showErrorDetails") == "none"
    assert shipped("client.showErrorLinks") is False


def test_nothing_is_told_to_anybody(shipped):
    assert shipped("browser.gatherUsageStats") is False


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_are_defined(shipped, theme):
    for name in ("primaryColor", "backgroundColor", "textColor"):
        assert shipped(f"theme.{theme}.{name}"), name


def test_the_themes_have_the_same_settings_and_differ():
    light, dark = (dict(options(SHIPPED["theme"][name])) for name in ("light", "dark"))
    assert light.keys() == dark.keys()
    assert light["backgroundColor"] != dark["backgroundColor"]


def test_streamlit_knows_every_setting_of_the_file(shipped):
    known = config.get_config_options()
    assert [name for name, _ in options(SHIPPED) if name not in known] == []
    for name, value in options(SHIPPED):
        assert shipped(name) == value, name
