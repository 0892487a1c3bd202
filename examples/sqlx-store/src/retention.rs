use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::store::{Purge, Retention, StoreError};

use crate::{
    SqlxStore,
    error::unavailable,
    rows::micros,
    session::{each, statements},
};

#[async_trait]
impl Retention for SqlxStore {
    async fn purge(
        &self,
        what: Purge,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let statement = match what {
            Purge::KeptBodies => KEPT_BODIES,
            Purge::Deliveries => DELIVERIES,
            Purge::LogEntries => LOG_ENTRIES,
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut transaction = self.database.begin().await?;
        let purged = transaction
            .execute(statement, &[micros(before).into(), limit.into()])
            .await
            .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(usize::try_from(purged).unwrap_or(usize::MAX))
    }
}

macro_rules! kept_bodies {
    ($lock:literal) => {
        concat!(
            "UPDATE deliveries SET body = NULL, sealed_by = NULL WHERE id IN",
            " (SELECT id FROM deliveries WHERE body IS NOT NULL AND received_at < $1",
            " ORDER BY received_at LIMIT $2",
            $lock,
            ")"
        )
    };
}

// The last delivery of an account stays, to say when its hook was last alive.
macro_rules! deliveries {
    ($lock:literal) => {
        concat!(
            "DELETE FROM deliveries WHERE id IN",
            " (SELECT old.id FROM deliveries AS old WHERE old.received_at < $1 AND EXISTS",
            " (SELECT 1 FROM deliveries AS newer",
            " WHERE newer.account = old.account AND newer.received_at > old.received_at)",
            " ORDER BY old.received_at LIMIT $2",
            $lock,
            ")"
        )
    };
}

macro_rules! log_entries {
    ($lock:literal) => {
        concat!(
            "DELETE FROM sync_log WHERE id IN",
            " (SELECT id FROM sync_log WHERE happened_at < $1 ORDER BY happened_at LIMIT $2",
            $lock,
            ")"
        )
    };
}

// Two hosts that purge at once take different rows.
statements! {
    KEPT_BODIES = each(kept_bodies!(""), kept_bodies!(" FOR UPDATE SKIP LOCKED"));
    DELIVERIES = each(deliveries!(""), deliveries!(" FOR UPDATE OF old SKIP LOCKED"));
    LOG_ENTRIES = each(log_entries!(""), log_entries!(" FOR UPDATE SKIP LOCKED"));
}
