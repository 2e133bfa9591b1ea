-- One row an attempt: what lists and rules on retakes ask for, each of it told by the ledger too.
CREATE TABLE attempts (
    id        TEXT PRIMARY KEY,
    candidate TEXT NOT NULL,
    challenge TEXT NOT NULL,
    mode      TEXT NOT NULL,
    state     TEXT NOT NULL,
    settled   INTEGER NOT NULL,
    result    TEXT,
    created   TEXT NOT NULL,
    changed   TEXT NOT NULL,
    entries   INTEGER NOT NULL,
    head      TEXT NOT NULL
);

CREATE INDEX attempts_of_a_candidate ON attempts (candidate, challenge);

-- The ledgers. Rows are only ever added.
CREATE TABLE entries (
    attempt TEXT NOT NULL REFERENCES attempts (id),
    number  INTEGER NOT NULL,
    body    TEXT NOT NULL,
    hash    TEXT NOT NULL,
    PRIMARY KEY (attempt, number)
);

-- The last sign of life of the program that drives an attempt.
CREATE TABLE alive (
    attempt TEXT PRIMARY KEY REFERENCES attempts (id),
    reading TEXT NOT NULL
);
