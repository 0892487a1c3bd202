CREATE TABLE links (
    account     TEXT   NOT NULL,
    assessment  TEXT   NOT NULL,
    candidate   BIGINT NOT NULL,
    application BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    record      TEXT   NOT NULL,
    PRIMARY KEY (account, assessment)
);
CREATE INDEX links_by_application ON links (account, application, assessment);
CREATE INDEX links_by_candidate ON links (account, candidate, assessment);

CREATE TABLE invitations (
    account    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    request    TEXT   NOT NULL,
    assessment TEXT,
    candidate  BIGINT,
    version    BIGINT NOT NULL,
    record     TEXT   NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, request)
);
CREATE INDEX invitations_by_assessment ON invitations (account, assessment, id);
CREATE INDEX invitations_by_candidate ON invitations (account, candidate, id);

CREATE TABLE pushes (
    account      TEXT   NOT NULL,
    assessment   TEXT   NOT NULL,
    person       TEXT,
    candidate    BIGINT,
    requested_at BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    record       TEXT   NOT NULL,
    PRIMARY KEY (account, assessment)
);
CREATE INDEX pushes_by_person ON pushes (account, person, requested_at, assessment);
CREATE INDEX pushes_by_candidate ON pushes (account, candidate, assessment);

CREATE TABLE report_access (
    account    TEXT   NOT NULL,
    assessment TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    record     TEXT   NOT NULL,
    PRIMARY KEY (account, assessment)
);

CREATE TABLE deliveries (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     TEXT   NOT NULL,
    event_id    TEXT   NOT NULL,
    digest      BLOB   NOT NULL,
    received_at BIGINT NOT NULL,
    verdict     TEXT   NOT NULL,
    candidate   BIGINT,
    event       TEXT,
    body        BLOB,
    UNIQUE (account, event_id, digest)
);
CREATE INDEX deliveries_by_time ON deliveries (account, received_at);
CREATE INDEX deliveries_by_candidate ON deliveries (account, candidate, id);

CREATE TABLE delivery_applications (
    account     TEXT   NOT NULL,
    application BIGINT NOT NULL,
    delivery    BIGINT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    PRIMARY KEY (account, application, delivery)
);
CREATE INDEX delivery_applications_by_delivery ON delivery_applications (delivery);

CREATE TABLE due_work (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account      TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    work         TEXT   NOT NULL,
    since        BIGINT NOT NULL,
    claimable_at BIGINT NOT NULL,
    claimed      BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    generation   BIGINT NOT NULL
);
CREATE INDEX due_work_by_time ON due_work (kind, claimable_at, id);
CREATE INDEX due_work_by_account ON due_work (account, kind);

CREATE TABLE sync_log (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    TEXT NOT NULL,
    entry_key  TEXT,
    direction  TEXT NOT NULL,
    status     TEXT NOT NULL,
    assessment TEXT,
    record     TEXT NOT NULL,
    UNIQUE (account, entry_key)
);
CREATE INDEX sync_log_by_account ON sync_log (account, id);
CREATE INDEX sync_log_by_assessment ON sync_log (account, assessment, id);
CREATE INDEX sync_log_by_direction ON sync_log (account, direction, id);
CREATE INDEX sync_log_by_status ON sync_log (account, status, id);
CREATE INDEX sync_log_by_both ON sync_log (account, direction, status, id);
