"""Every page in a home where nothing is yet: it opens, and says what to do."""

import subprocess
import sys

import pytest

from tlcore.store.claims import Claimant

SAID = {
    "start": "Train a demo now",
    "pictures": "A set needs at least two classes",
    "network": "choose the pictures first",
    "train": "Nothing has been trained here yet",
    "inside": "Choose some pictures first",
}


@pytest.mark.parametrize("name", SAID)
def test_an_empty_page_opens_and_says_what_it_waits_for(open_page, words, name):
    page = open_page(name)
    assert not page.exception
    assert SAID[name] in words(page)


@pytest.mark.parametrize("name", ["network", "train", "inside"])
def test_a_page_that_needs_something_leads_there(open_page, name):
    assert len(open_page(name).main.get("page_link")) >= 1


def test_an_empty_start_page_lists_no_runs(open_page):
    assert "Recent runs" not in [header.value for header in open_page("start").header]


def test_the_start_page_says_that_it_gets_ready_until_a_worker_stands(open_page, words, store, monkeypatch):
    assert "Getting ready" in words(open_page("start"))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        standing = Claimant.of(process.pid)
        with monkeypatch.context() as patched:
            patched.setattr(Claimant, "here", lambda: standing)
            store.processes.register("worker", "ready")
        assert "Ready to train" in words(open_page("start"))
        process.communicate(b"\n")
    assert "Getting ready" in words(open_page("start"))


def test_no_page_starts_a_process(open_page, store):
    for name in SAID:
        open_page(name)
    assert store.processes.living("supervisor") == []
    assert not (store.home / "logs").exists()


def test_the_app_loads_no_torch_while_it_draws_its_pages(fresh_process):
    heavy = fresh_process(
        "import json, sys\n"
        "import streamlit as st\n"
        "from streamlit.testing.v1 import AppTest\n"
        "from tlcore.ui import session\n"
        "session.ensure_supervisor = lambda store: None\n"
        "type(st.context).cookies = {session.COOKIE: 'a' * 32}\n"
        "page = AppTest.from_file('app.py', default_timeout=60).run()\n"
        "for name in ('pictures', 'network', 'train', 'inside'):\n"
        "    assert not page.switch_page(f'pages/{name}.py').run().exception, name\n"
        "print(json.dumps([name for name in ('torch', 'torchvision', 'timm') if name in sys.modules]))"
    )
    assert heavy == []
