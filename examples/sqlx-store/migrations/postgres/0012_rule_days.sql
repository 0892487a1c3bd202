CREATE TABLE rule_days (
    account TEXT COLLATE "C" NOT NULL,
    day     TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    record  TEXT   NOT NULL,
    PRIMARY KEY (account, day)
);
