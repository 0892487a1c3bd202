CREATE TABLE key_uses (
    account TEXT   NOT NULL,
    digest  TEXT   NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (account, digest)
);
