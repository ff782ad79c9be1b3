"""What a case file holds."""

from __future__ import annotations

#: "IOTR" in the header of every case file.
APPLICATION_ID = 0x494F5452
SCHEMA_VERSION = 2
#: Bytes.
PAGE_SIZE = 4096

SCHEMA = f"""
-- Over the rest of the file, by who last closed it (see integrity.py).
CREATE TABLE seal (id INTEGER PRIMARY KEY CHECK (id = 1), sum BLOB NOT NULL) STRICT;
INSERT INTO seal VALUES (1, zeroblob(32));
CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('mark', 'note', 'undo', 'redo', 'baseline', 'drop')),
    batch INTEGER NOT NULL,
    identity TEXT,
    finding TEXT,
    verdict TEXT,
    note TEXT,
    row TEXT,
    target INTEGER,
    place TEXT,
    extra TEXT,
    digest TEXT NOT NULL
) STRICT;
CREATE INDEX findings ON entries (place, identity) WHERE place IS NOT NULL;
CREATE INDEX steps ON entries (target) WHERE target IS NOT NULL;
CREATE INDEX suspicions ON entries (verdict) WHERE verdict = 'suspicious';
CREATE INDEX baselines ON entries (kind) WHERE extra IS NOT NULL;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER entries_are_kept BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER entries_are_not_replaced BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM entries WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
"""  # noqa: S608 - two numbers of our own
