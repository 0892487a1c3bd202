CREATE TABLE last_seen (
    account TEXT NOT NULL,
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (account, kind, name)
);
INSERT INTO last_seen (account, kind, name, seen_at)
    SELECT account, 'partner_key', digest, used_at FROM key_uses
    UNION ALL SELECT account, 'hook', action, used_at FROM hook_uses;
DROP TABLE key_uses;
DROP TABLE hook_uses;

ALTER TABLE due_work ADD COLUMN panics BIGINT NOT NULL DEFAULT 0;
ALTER TABLE due_work ADD COLUMN parked BIGINT NOT NULL DEFAULT 0;
CREATE INDEX due_work_parked ON due_work (account, id) WHERE parked = 1;
