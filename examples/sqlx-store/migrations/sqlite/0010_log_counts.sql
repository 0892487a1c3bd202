ALTER TABLE sync_log ADD COLUMN subject TEXT;
UPDATE sync_log SET subject = json_extract(record, '$.subject');

-- For pages of a time range: the newest entries of each day, direction and status.
CREATE INDEX sync_log_by_day ON sync_log
    (account, happened_at / 86400000000, direction, status, id);
CREATE INDEX sync_log_open ON sync_log (account, happened_at)
    WHERE subject IN ('push', 'notice', 'task') AND status IN ('pending', 'failed');

CREATE TABLE sync_log_days (
    account   TEXT   NOT NULL,
    day       BIGINT NOT NULL,
    direction TEXT   NOT NULL,
    status    TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    entries   BIGINT NOT NULL,
    PRIMARY KEY (account, day, direction, status, subject)
) WITHOUT ROWID;
CREATE INDEX sync_log_days_open ON sync_log_days (account, status)
    WHERE subject IN ('push', 'notice', 'task') AND status IN ('pending', 'failed');

INSERT INTO sync_log_days
    SELECT account, happened_at / 86400000000, direction, status, subject, COUNT(*) FROM sync_log
    WHERE happened_at IS NOT NULL AND subject IS NOT NULL GROUP BY 1, 2, 3, 4, 5;

CREATE TRIGGER sync_log_inserted AFTER INSERT ON sync_log
WHEN new.happened_at IS NOT NULL AND new.subject IS NOT NULL
BEGIN
    INSERT INTO sync_log_days VALUES
        (new.account, new.happened_at / 86400000000, new.direction, new.status, new.subject, 1)
        ON CONFLICT DO UPDATE SET entries = entries + 1;
END;

CREATE TRIGGER sync_log_deleted AFTER DELETE ON sync_log
WHEN old.happened_at IS NOT NULL AND old.subject IS NOT NULL
BEGIN
    UPDATE sync_log_days SET entries = entries - 1
        WHERE account = old.account AND day = old.happened_at / 86400000000
        AND direction = old.direction AND status = old.status AND subject = old.subject;
    DELETE FROM sync_log_days
        WHERE account = old.account AND day = old.happened_at / 86400000000
        AND direction = old.direction AND status = old.status AND subject = old.subject
        AND entries = 0;
END;

CREATE TRIGGER sync_log_updated AFTER UPDATE ON sync_log
WHEN (old.account, old.happened_at / 86400000000, old.direction, old.status, old.subject)
    IS NOT (new.account, new.happened_at / 86400000000, new.direction, new.status, new.subject)
BEGIN
    UPDATE sync_log_days SET entries = entries - 1
        WHERE account = old.account AND day = old.happened_at / 86400000000
        AND direction = old.direction AND status = old.status AND subject = old.subject;
    DELETE FROM sync_log_days
        WHERE account = old.account AND day = old.happened_at / 86400000000
        AND direction = old.direction AND status = old.status AND subject = old.subject
        AND entries = 0;
    INSERT INTO sync_log_days
        SELECT new.account, new.happened_at / 86400000000, new.direction, new.status, new.subject, 1
        WHERE new.happened_at IS NOT NULL AND new.subject IS NOT NULL
        ON CONFLICT DO UPDATE SET entries = entries + 1;
END;
