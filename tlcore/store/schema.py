"""The tables of the store; nowhere else are they spelt, except in the rooms' own queries beside this file."""

VERSION = 8

_ALBUMS = """
CREATE TABLE albums (
    id TEXT PRIMARY KEY, workspace TEXT NOT NULL, created REAL NOT NULL, changed REAL NOT NULL, name TEXT NOT NULL,
    roots TEXT NOT NULL, survey TEXT NOT NULL, marks TEXT NOT NULL, seed INTEGER NOT NULL,
    digest TEXT, fault TEXT, classes INTEGER NOT NULL, pictures INTEGER NOT NULL
)"""

_TUNINGS = "CREATE TABLE tunings (key TEXT PRIMARY KEY, body TEXT NOT NULL)"

MIGRATIONS = {
    1: """
ALTER TABLE runs DROP COLUMN stop;
CREATE TABLE controls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL REFERENCES runs (id), time REAL NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX controls_by_run ON controls (run, id);
DELETE FROM drafts;
DELETE FROM questions;
DELETE FROM errands
""",
    2: f"""
{_ALBUMS};
UPDATE datasets SET root = json_array(root), manifest = json_set(
    manifest,
    '$.examples', json_object(
        'id', (SELECT json_group_array(json_extract(value, '$.id')) FROM json_each(manifest, '$.examples')),
        'where', (SELECT json_group_array(json_extract(value, '$.where')) FROM json_each(manifest, '$.examples')),
        'name', (SELECT json_group_array(json_extract(value, '$.name')) FROM json_each(manifest, '$.examples')),
        'label', (SELECT json_group_array(json_extract(value, '$.label')) FROM json_each(manifest, '$.examples')),
        'split', (SELECT json_group_array(json_extract(value, '$.split')) FROM json_each(manifest, '$.examples'))
    ),
    '$.left_out', json_object(
        'name', (SELECT json_group_array(json_extract(value, '$.name')) FROM json_each(manifest, '$.left_out')),
        'code', (SELECT json_group_array(json_extract(value, '$.code')) FROM json_each(manifest, '$.left_out')),
        'sentence', (SELECT json_group_array(json_extract(value, '$.sentence')) FROM json_each(manifest, '$.left_out'))
    ),
    '$.notices', json_object(
        'sentence', (SELECT json_group_array(json_extract(value, '$.sentence')) FROM json_each(manifest, '$.notices')),
        'count', (SELECT json_group_array(json_extract(value, '$.count')) FROM json_each(manifest, '$.notices')),
        'name', (SELECT json_group_array(json_extract(value, '$.name')) FROM json_each(manifest, '$.notices'))
    )
);
ALTER TABLE datasets RENAME COLUMN root TO roots;
DELETE FROM errands
""",
    3: "ALTER TABLE errands ADD COLUMN cancelled REAL",
    4: "ALTER TABLE errands ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0",
    5: "ALTER TABLE datasets ADD COLUMN state TEXT NOT NULL DEFAULT ''",
    6: "DELETE FROM questions WHERE kind = 'Measure'",
    7: _TUNINGS,
}
"""Version to the statements that make the next one of it; drafts, errands and answers of old are cheap to make anew."""

SCHEMA = f"""
{_ALBUMS};
{_TUNINGS};
CREATE TABLE datasets (
    id TEXT PRIMARY KEY, workspace TEXT NOT NULL, digest TEXT NOT NULL, created REAL NOT NULL,
    roots TEXT NOT NULL, manifest TEXT NOT NULL, state TEXT NOT NULL DEFAULT '', UNIQUE (workspace, digest)
);
CREATE TABLE drafts (workspace TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE runs (
    id TEXT PRIMARY KEY, workspace TEXT NOT NULL, nonce TEXT NOT NULL, created REAL NOT NULL, config TEXT NOT NULL,
    pid INTEGER, pid_started REAL, UNIQUE (workspace, nonce)
);
CREATE TABLE events (
    run TEXT NOT NULL REFERENCES runs (id), sequence INTEGER NOT NULL, time REAL NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run, sequence)
) WITHOUT ROWID;
CREATE INDEX events_by_kind ON events (run, kind);
CREATE TABLE controls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL REFERENCES runs (id), time REAL NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX controls_by_run ON controls (run, id);
CREATE TABLE errands (
    id TEXT PRIMARY KEY, workspace TEXT NOT NULL, created REAL NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    pid INTEGER, pid_started REAL, done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
    result TEXT, fault TEXT, taken INTEGER NOT NULL DEFAULT 0, cancelled REAL,
    sealed INTEGER NOT NULL DEFAULT 0
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
"""
