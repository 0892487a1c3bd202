CREATE TABLE backfills (
    account TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    version BIGINT NOT NULL,
    record  TEXT   NOT NULL,
    PRIMARY KEY (account, kind)
);
