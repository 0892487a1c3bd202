//! The sync log.

use greenhouse_core::{AccountId, store::LogEntry};

use super::Stop;
use crate::{
    rows::{micros, write_json},
    session::{Transaction, both, statements},
};

/// Appends the entry, or brings the one with its key up to date in its place.
pub(super) async fn append(
    transaction: &mut Transaction,
    account: &AccountId,
    entry: &LogEntry,
) -> Result<(), Stop> {
    let record = write_json("sync_log", entry)?;
    let values = [
        account.as_str().into(),
        entry.key.as_ref().map(|key| key.as_str()).into(),
        entry.direction.as_str().into(),
        entry.status.as_str().into(),
        entry.assessment.as_ref().map(|id| id.as_str()).into(),
        (&record).into(),
        micros(entry.at).into(),
    ];
    transaction.execute(UPSERT, &values).await?;
    Ok(())
}

statements! {
    UPSERT = both("INSERT INTO sync_log \
    (account, entry_key, direction, status, assessment, record, happened_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) \
    ON CONFLICT (account, entry_key) DO UPDATE SET direction = excluded.direction, \
    status = excluded.status, assessment = excluded.assessment, record = excluded.record, \
    happened_at = excluded.happened_at");
}
