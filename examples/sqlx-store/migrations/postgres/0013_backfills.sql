CREATE TABLE backfills (
    account TEXT COLLATE "C" NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    record  TEXT   NOT NULL,
    PRIMARY KEY (account, kind)
);
