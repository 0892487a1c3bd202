//! Writes the sync log.

use greenhouse_core::{AccountId, store::LogEntry};

use super::{NotCommitted, steps::Steps};
use crate::{
    rows::{micros, write_json},
    session::{both, statements},
};

/// Appends the entry, or updates the entry with the same key in place.
pub(super) fn append(
    steps: &mut Steps,
    account: &AccountId,
    entry: &LogEntry,
) -> Result<(), NotCommitted> {
    let record = write_json("sync_log", entry)?;
    let key = entry.key.as_ref().map(|key| key.as_str().to_owned());
    let assessment = entry.assessment.as_ref().map(|id| id.as_str().to_owned());
    let values = vec![
        account.as_str().to_owned().into(),
        key.into(),
        entry.direction.as_str().into(),
        entry.status.as_str().into(),
        assessment.into(),
        record.into(),
        micros(entry.at).into(),
        entry.subject.as_str().into(),
    ];
    steps.push(UPSERT, values);
    Ok(())
}

statements! {
    UPSERT = both("INSERT INTO sync_log \
    (account, entry_key, direction, status, assessment, record, happened_at, subject) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
    ON CONFLICT (account, entry_key) DO UPDATE SET direction = excluded.direction, \
    status = excluded.status, assessment = excluded.assessment, record = excluded.record, \
    happened_at = excluded.happened_at, subject = excluded.subject");
}
