-- Until now, any erasure removed the person of a push, and nothing more was pushed.
UPDATE pushes SET record = '{"erased":true,' || substr(record, 2)
    WHERE person IS NULL AND candidate IS NOT NULL;

CREATE TABLE trigger_decisions (
    account    TEXT COLLATE "C"   NOT NULL,
    assessment TEXT COLLATE "C"   NOT NULL,
    version    BIGINT NOT NULL,
    record     TEXT   NOT NULL,
    PRIMARY KEY (account, assessment)
);

CREATE TABLE host_time (
    id          BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    accepted_at BIGINT NOT NULL
);
