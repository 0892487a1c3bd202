CREATE TABLE fates (
    account   TEXT COLLATE "C" NOT NULL,
    candidate BIGINT NOT NULL,
    noted_at  BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    record    TEXT   NOT NULL,
    PRIMARY KEY (account, candidate)
);
CREATE INDEX fates_by_age ON fates (noted_at);
