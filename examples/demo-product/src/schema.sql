CREATE TABLE IF NOT EXISTS scenarios (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    id      TEXT NOT NULL,
    name    TEXT NOT NULL,
    UNIQUE (account, id)
);

CREATE TABLE IF NOT EXISTS jobs (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    id      TEXT NOT NULL,
    name    TEXT NOT NULL,
    UNIQUE (account, id)
);

CREATE TABLE IF NOT EXISTS assessments (
    number           INTEGER PRIMARY KEY AUTOINCREMENT,
    account          TEXT   NOT NULL,
    scenario         TEXT   NOT NULL,
    job              TEXT,
    first_name       TEXT   NOT NULL,
    last_name        TEXT   NOT NULL,
    email            TEXT,
    person           TEXT,
    state            TEXT   NOT NULL,
    score            REAL,
    traits           TEXT   NOT NULL,
    summary          TEXT,
    started_at       BIGINT,
    completed_at     BIGINT,
    invitation       TEXT,
    metadata         TEXT   NOT NULL,
    token            TEXT   NOT NULL UNIQUE,
    outcome          TEXT,
    outcome_revision BIGINT NOT NULL,
    UNIQUE (account, invitation),
    FOREIGN KEY (account, scenario) REFERENCES scenarios (account, id)
);
CREATE INDEX IF NOT EXISTS assessments_by_account ON assessments (account, number);
CREATE INDEX IF NOT EXISTS assessments_by_person ON assessments (account, person, number);
CREATE INDEX IF NOT EXISTS assessments_by_completion ON assessments (account, completed_at, number);

CREATE TABLE IF NOT EXISTS profiles (
    assessment    INTEGER PRIMARY KEY REFERENCES assessments (number),
    phone_numbers TEXT NOT NULL,
    links         TEXT NOT NULL,
    extension     TEXT,
    resume        BLOB
);
