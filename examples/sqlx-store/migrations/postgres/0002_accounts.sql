CREATE TABLE sealing_keys (
    key_id TEXT COLLATE "C" NOT NULL PRIMARY KEY
);

CREATE TABLE accounts (
    account         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version         BIGINT NOT NULL,
    document        TEXT NOT NULL,
    operator_tokens TEXT NOT NULL
);

CREATE TABLE account_keys (
    kind    TEXT COLLATE "C" NOT NULL,
    digest  TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, digest)
);
CREATE INDEX account_keys_by_account ON account_keys (account);

CREATE TABLE account_secrets (
    account   TEXT COLLATE "C" NOT NULL,
    name      TEXT COLLATE "C" NOT NULL,
    sealed    BYTEA NOT NULL,
    sealed_by TEXT COLLATE "C" NOT NULL REFERENCES sealing_keys (key_id),
    PRIMARY KEY (account, name)
);
ALTER TABLE account_secrets ALTER COLUMN sealed_by SET (n_distinct = 1000);
CREATE INDEX account_secrets_by_key ON account_secrets (sealed_by);

CREATE TABLE tokens (
    account      TEXT COLLATE "C" NOT NULL,
    client_id    TEXT COLLATE "C" NOT NULL,
    acting_user  TEXT COLLATE "C" NOT NULL,
    generation   BIGINT NOT NULL,
    locked_until BIGINT,
    access       BYTEA,
    refresh      BYTEA,
    sealed_by    TEXT COLLATE "C" REFERENCES sealing_keys (key_id),
    expires_at   BIGINT,
    obtained_at  BIGINT,
    PRIMARY KEY (account, client_id, acting_user)
);
ALTER TABLE tokens ALTER COLUMN sealed_by SET (n_distinct = 1000);
CREATE INDEX tokens_by_key ON tokens (sealed_by);

CREATE TABLE budgets (
    account    TEXT COLLATE "C" NOT NULL,
    client_id  TEXT COLLATE "C" NOT NULL,
    window_at  BIGINT NOT NULL,
    used       BIGINT NOT NULL,
    held_until BIGINT,
    PRIMARY KEY (account, client_id)
);

ALTER TABLE invitations ADD COLUMN person TEXT COLLATE "C" DEFAULT '';
CREATE INDEX invitations_by_person ON invitations (account, person, id);
CREATE INDEX invitations_without_person ON invitations (account, id) WHERE person = '';

ALTER TABLE deliveries ADD COLUMN sealed_by TEXT COLLATE "C" REFERENCES sealing_keys (key_id);
CREATE INDEX deliveries_by_age ON deliveries (received_at);
CREATE INDEX deliveries_with_body ON deliveries (received_at) WHERE body IS NOT NULL;
CREATE INDEX deliveries_by_key ON deliveries (sealed_by) WHERE sealed_by IS NOT NULL;
CREATE INDEX deliveries_unsealed ON deliveries (id) WHERE body IS NOT NULL AND sealed_by IS NULL;

ALTER TABLE sync_log ADD COLUMN happened_at BIGINT;
-- Not as JSON: an id from outside can hold a NUL, and PostgreSQL reads no JSON that does.
UPDATE sync_log SET happened_at =
    (EXTRACT(EPOCH FROM substring(record FROM '"at":"([^"]*)"')::TIMESTAMPTZ) * 1000000)::BIGINT;
CREATE INDEX sync_log_by_age ON sync_log (happened_at);
