//! The sync log.

use greenhouse_core::{AccountId, store::LogEntry};
use sqlx::SqliteConnection;

use super::Stop;
use crate::rows::write_json;

/// Appends the entry, or brings the one with its key up to date in its place.
pub(super) async fn append(
    transaction: &mut SqliteConnection,
    account: &AccountId,
    entry: &LogEntry,
) -> Result<(), Stop> {
    sqlx::query(UPSERT)
        .bind(account.as_str())
        .bind(entry.key.as_ref().map(|key| key.as_str()))
        .bind(entry.direction.as_str())
        .bind(entry.status.as_str())
        .bind(entry.assessment.as_ref().map(|id| id.as_str()))
        .bind(write_json("sync_log", entry)?)
        .execute(transaction)
        .await?;
    Ok(())
}

const UPSERT: &str = "INSERT INTO sync_log \
    (account, entry_key, direction, status, assessment, record) VALUES ($1, $2, $3, $4, $5, $6) \
    ON CONFLICT (account, entry_key) DO UPDATE SET direction = excluded.direction, \
    status = excluded.status, assessment = excluded.assessment, record = excluded.record";
