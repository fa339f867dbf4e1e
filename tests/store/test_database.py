"""Many processes share the one file, and a file from a newer Thaw is left alone."""

import errno
import json
import sqlite3
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from tlcore.controls import Pause
from tlcore.errands import MakeSample
from tlcore.errors import ThawError
from tlcore.events import Finished, PhaseStarted, Stepped
from tlcore.history import History
from tlcore.store import Store
from tlcore.store.claims import Claimant
from tlcore.store.schema import VERSION

FIRST_SCHEMA = """
CREATE TABLE datasets (
    id TEXT PRIMARY KEY, workspace TEXT NOT NULL, digest TEXT NOT NULL, created REAL NOT NULL,
    root TEXT NOT NULL, manifest TEXT NOT NULL, UNIQUE (workspace, digest)
);
CREATE TABLE drafts (workspace TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE runs (
    id TEXT PRIMARY KEY, workspace TEXT NOT NULL, nonce TEXT NOT NULL, created REAL NOT NULL, config TEXT NOT NULL,
    pid INTEGER, pid_started REAL, stop INTEGER NOT NULL DEFAULT 0, UNIQUE (workspace, nonce)
);
CREATE TABLE events (
    run TEXT NOT NULL REFERENCES runs (id), sequence INTEGER NOT NULL, time REAL NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run, sequence)
) WITHOUT ROWID;
CREATE INDEX events_by_kind ON events (run, kind);
CREATE TABLE errands (
    id TEXT PRIMARY KEY, workspace TEXT NOT NULL, created REAL NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    pid INTEGER, pid_started REAL, done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
    result TEXT, fault TEXT, taken INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE questions (
    digest TEXT PRIMARY KEY, asked REAL NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, answer TEXT, fault TEXT,
    tries INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE weights (
    workspace TEXT NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL, backbone TEXT NOT NULL,
    PRIMARY KEY (workspace, sha256, backbone)
);
CREATE TABLE processes (
    pid INTEGER NOT NULL, pid_started REAL NOT NULL, role TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (pid, pid_started)
);
PRAGMA user_version = 1
"""
"""As the first Thaw made it."""
FIRST_CONFIG = (
    '{"name": "digits", "data": "00", "backbone": "resnet18", "weights": "imagenet", "strategy": "gradual", "schedule":'
    ' [{"epochs": 1, "rates": {"head": 0.001}}, {"epochs": 2, "rates": {"layer4": 0.0003, "head": 0.001}}],'
    ' "optimizer": {"kind": "adamw", "weight_decay": 0.01}, "loader": {"batch_size": 32, "image_size": 64},'
    ' "compute": {"device": "auto"}, "seed": 3}'
)
FIRST_EVENTS = (
    ("PhaseStarted", '{"phase": 0, "epoch": 0, "rates": {"head": 0.001}, "learning": 4104}'),
    ("Stepped", '{"step": 1, "loss": 1.5, "right": 4, "count": 32, "seconds": 0.5}'),
    ("Finished", '{"seconds": 9.5}'),
)

FIRST_MANIFEST = {
    "name": "colours",
    "classes": ["blue", "red"],
    "examples": [
        {"id": f"{number:064x}", "where": f"{number}.jpg", "name": f"{number}.jpg", "label": label, "split": split}
        for number, (split, label) in enumerate((("train", 0), ("train", 1), ("val", 0), ("val", 1)))
    ],
    "left_out": [{"name": "a.txt", "code": "NOT_AN_IMAGE", "sentence": "It is no picture, but a text file."}],
    "notices": [],
    "ignored": 2,
    "split_by": "folders",
}

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


def test_a_full_disk_is_told_as_every_full_disk_is_and_nothing_of_it_stays(store):
    (pages,) = store._database.row("PRAGMA page_count")
    store._database.row(f"PRAGMA max_page_count = {pages}")

    def fill():
        with store._database.transaction() as connection:
            connection.executemany("INSERT INTO drafts VALUES (?, ?)", [(f"{row}", "x" * 4000) for row in range(99)])

    with pytest.raises(OSError, match="No space left") as error:
        fill()
    assert error.value.errno == errno.ENOSPC
    assert store._database.rows("SELECT * FROM drafts") == []


def test_a_store_that_is_opened_again_has_everything(store, plan):
    run = store.runs.submit(plan("0" * 64), "person", "once")
    again = Store(store.home)
    assert again.runs.get(run.id, ["person"]) == run
    again.close()


@pytest.fixture
def first_home(tmp_path):
    """A home folder of the first Thaw, with a finished run, a waiting one, a draft and a question."""
    home = tmp_path / "of old"
    home.mkdir()
    with sqlite3.connect(home / "thaw.sqlite3") as connection:
        connection.executescript(FIRST_SCHEMA)
        for run, stop in (("a" * 32, 1), ("b" * 32, 0)):
            row = (run, "person", run, 1.0, FIRST_CONFIG, None, None, stop)
            connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        for number, (kind, body) in enumerate(FIRST_EVENTS, start=1):
            connection.execute("INSERT INTO events VALUES (?, ?, 1.0, ?, ?)", ("a" * 32, number, kind, body))
        connection.execute("INSERT INTO drafts VALUES ('person', '{\"of\": \"old\"}')")
        row = ("c" * 32, "person", "d" * 64, 1.0, "/pictures", json.dumps(FIRST_MANIFEST))
        connection.execute("INSERT INTO datasets VALUES (?, ?, ?, ?, ?, ?)", row)
        connection.execute("INSERT INTO questions VALUES ('d', 1.0, 'See', '{}', NULL, NULL, 0)")
    connection.close()
    return home


def test_a_home_of_the_first_thaw_is_brought_up_with_all_its_runs(first_home):
    store = Store(first_home)
    finished = store.runs.get("a" * 32, ["person"])
    assert [type(entry.event) for entry in store.runs.events(finished.id)] == [PhaseStarted, Stepped, Finished]
    assert finished.config.schedule[1].rate("layer4") == 0.0003
    assert finished.config.changes == ()
    assert finished.wish is None
    history = History()
    history.add(store.runs.events(finished.id))
    assert history.state(finished) == "finished"
    assert store.drafts.of("person").backbone, "a draft of old gives way to a new one"
    assert store.asked.waiting() is None
    assert store.errands.seal(store.errands.add(MakeSample(sample="digits", seed=0), "person").id)
    store.close()


def test_a_run_that_waited_in_the_first_thaw_can_be_asked_things_now(first_home):
    store = Store(first_home)
    waiting = "b" * 32
    assert store.runs.claim_next(Claimant.here()) == waiting
    store.runs.ask(waiting, Pause())
    assert store.runs.named(waiting).wish is Pause
    store.close()


def test_a_set_of_the_first_thaw_is_there_with_all_that_was_known_of_it(first_home):
    store = Store(first_home)
    found = store.datasets.get("d" * 64, "person")
    assert found.roots == (Path("/pictures"),)
    manifest = found.manifest
    assert (manifest.name, manifest.classes, manifest.ignored) == ("colours", ("blue", "red"), 2)
    assert [asdict(one) | {"source": 0, "place": -1} for one in manifest.examples] == [
        one | {"source": 0, "place": -1} for one in FIRST_MANIFEST["examples"]
    ]
    assert [(one.name, one.code) for one in manifest.left_out] == [("a.txt", "NOT_AN_IMAGE")]
    store.close()


def test_a_home_is_brought_up_once_though_many_open_it(first_home):
    assert together(OPEN, *[(str(first_home),)] * 4) == [""] * 4
    connection = sqlite3.connect(first_home / "thaw.sqlite3")
    assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    connection.close()


def test_a_home_that_was_brought_up_has_the_tables_of_a_new_one(first_home, store):
    def tables(home):
        opened = Store(home)
        rows = opened._database.rows("SELECT name FROM sqlite_schema ORDER BY name")
        columns = {name: opened._database.rows(f"SELECT name FROM pragma_table_info('{name}')") for (name,) in rows}
        opened.close()
        return {name: [column for (column,) in found] for name, found in columns.items()}

    assert tables(first_home) == tables(store.home)
