CREATE TABLE accounts (
    account         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version         BIGINT NOT NULL,
    document        TEXT   NOT NULL,
    operator_tokens TEXT   NOT NULL
);

CREATE TABLE account_keys (
    kind    TEXT NOT NULL,
    digest  TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (kind, digest)
);
CREATE INDEX account_keys_by_account ON account_keys (account);

CREATE TABLE account_secrets (
    account   TEXT  NOT NULL,
    name      TEXT  NOT NULL,
    sealed    BYTEA NOT NULL,
    sealed_by TEXT  NOT NULL,
    PRIMARY KEY (account, name)
);
CREATE INDEX account_secrets_by_key ON account_secrets (sealed_by);

CREATE TABLE tokens (
    account      TEXT   NOT NULL,
    client_id    TEXT   NOT NULL,
    acting_user  TEXT   NOT NULL,
    generation   BIGINT NOT NULL,
    locked_until BIGINT,
    access       BYTEA,
    refresh      BYTEA,
    sealed_by    TEXT,
    expires_at   BIGINT,
    obtained_at  BIGINT,
    PRIMARY KEY (account, client_id, acting_user)
);
CREATE INDEX tokens_by_key ON tokens (sealed_by);

CREATE TABLE budgets (
    account    TEXT   NOT NULL,
    client_id  TEXT   NOT NULL,
    window_at  BIGINT NOT NULL,
    used       BIGINT NOT NULL,
    held_until BIGINT,
    PRIMARY KEY (account, client_id)
);

CREATE TABLE sealing_keys (
    key_id TEXT NOT NULL PRIMARY KEY
);

ALTER TABLE invitations ADD COLUMN person TEXT;
CREATE INDEX invitations_by_person ON invitations (account, person, id);

ALTER TABLE deliveries ADD COLUMN sealed_by TEXT;
UPDATE deliveries SET sealed_by = '' WHERE body IS NOT NULL;
CREATE INDEX deliveries_by_age ON deliveries (received_at);
CREATE INDEX deliveries_with_body ON deliveries (received_at) WHERE body IS NOT NULL;
CREATE INDEX deliveries_by_key ON deliveries (sealed_by) WHERE sealed_by IS NOT NULL;

ALTER TABLE sync_log ADD COLUMN happened_at BIGINT NOT NULL DEFAULT 0;
UPDATE sync_log SET happened_at =
    (EXTRACT(EPOCH FROM (record::JSON ->> 'at')::TIMESTAMPTZ) * 1000000)::BIGINT;
CREATE INDEX sync_log_by_age ON sync_log (happened_at);
