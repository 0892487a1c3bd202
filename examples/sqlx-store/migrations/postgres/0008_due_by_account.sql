DROP INDEX due_work_by_account;
CREATE INDEX due_work_by_account ON due_work (kind, account, claimable_at, id);
