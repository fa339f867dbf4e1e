"""Many processes share the one file, and a file from a newer Thaw is left alone."""

import sqlite3
import subprocess
import sys

import pytest

from tlcore.errors import ThawError
from tlcore.store import Store
from tlcore.store.schema import VERSION

APPEND = """
import sys
from pathlib import Path
from tlcore.events import Stepped
from tlcore.store import Store
store = Store(Path(sys.argv[1]))
for number in range({times}):
    store.runs.append(sys.argv[2], [Stepped(step=int(sys.argv[3]), loss=0.5, right=1, count=2, seconds=0.1)] * 2)
"""
OPEN = "import sys; from pathlib import Path; from tlcore.store import Store; Store(Path(sys.argv[1])).close()"


def together(code, *arguments):
    """Run the code in as many processes as there are arguments, all at once, and return what they complain of."""
    processes = [
        subprocess.Popen([sys.executable, "-c", code, *words], stderr=subprocess.PIPE, text=True) for words in arguments
    ]
    return [process.communicate(timeout=100)[1] for process in processes]


def test_four_processes_that_write_at_once_leave_no_gap_and_no_error(store, plan):
    run = store.runs.submit(plan("0" * 64), "person", "once").id
    writers = ("1", "2", "3", "4")
    assert together(APPEND.format(times=200), *((str(store.home), run, writer) for writer in writers)) == [""] * 4
    entries = store.runs.events(run)
    assert [entry.sequence for entry in entries] == list(range(1, 1601))
    assert all(first.event == second.event for first, second in zip(entries[::2], entries[1::2], strict=True))


def test_processes_that_open_a_new_home_at_once_all_get_in(tmp_path):
    assert together(OPEN, *[(str(tmp_path / "new home"),)] * 6) == [""] * 6


def test_a_home_of_a_newer_thaw_is_refused_and_left_as_it_is(store):
    path = store.home / "thaw.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(ThawError, match="written by a newer Thaw"):
        Store(store.home)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (VERSION + 1,)
    connection.close()


def test_what_fails_in_the_middle_counts_not_at_all(store):
    def fail():
        with store._database.transaction() as connection:
            connection.execute("INSERT INTO drafts VALUES ('person', '{}')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store._database.rows("SELECT * FROM drafts") == []


def test_a_store_that_is_opened_again_has_everything(store, plan):
    run = store.runs.submit(plan("0" * 64), "person", "once")
    again = Store(store.home)
    assert again.runs.get(run.id, ["person"]) == run
    again.close()
