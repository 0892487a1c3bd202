CREATE TABLE rule_days (
    account TEXT   NOT NULL,
    day     TEXT   NOT NULL,
    version BIGINT NOT NULL,
    record  TEXT   NOT NULL,
    PRIMARY KEY (account, day)
);
