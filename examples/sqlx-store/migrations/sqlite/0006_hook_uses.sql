CREATE TABLE hook_uses (
    account TEXT   NOT NULL,
    action  TEXT   NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (account, action)
);
-- What is still known of deliveries tells when each action was heard. Not as JSON: an id from outside can hold a NUL, and
-- PostgreSQL reads no JSON that does. A quote within a text is escaped, so a member stands there as it is written here.
INSERT INTO hook_uses (account, action, used_at)
    SELECT account, action, MAX(received_at) FROM deliveries JOIN (
        SELECT '%"kind":"rejected"%' AS said, 'reject_candidate' AS action
        UNION ALL SELECT '%"kind":"unrejected"%', 'unreject_candidate'
        UNION ALL SELECT '%"kind":"hired"%', 'hire_candidate'
        UNION ALL SELECT '%"kind":"unhired"%', 'unhire_candidate'
        UNION ALL SELECT '%"kind":"stage_changed"%', 'candidate_stage_change'
        UNION ALL SELECT '%"kind":"application_updated"%', 'application_updated'
        UNION ALL SELECT '%"kind":"application_deleted"%', 'delete_application'
        UNION ALL SELECT '%"kind":"candidate_deleted"%', 'delete_candidate'
        UNION ALL SELECT '%"kind":"candidate_merged"%', 'merge_candidate'
        UNION ALL SELECT '%"kind":"candidate_anonymized"%', 'candidate_anonymized'
    ) AS kinds ON event LIKE said
    WHERE account IN (SELECT account FROM accounts)
    GROUP BY account, action;
