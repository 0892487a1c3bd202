use chrono::{DateTime, Utc};
use greenhouse_core::store::{Purge, StoreError};

use crate::{
    SqlxStore,
    error::unavailable,
    rows::micros,
    session::{each, statements},
};

impl SqlxStore {
    pub(crate) async fn purge(
        &self,
        what: Purge,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let statement = match what {
            Purge::KeptBodies => KEPT_BODIES,
            Purge::Deliveries => DELIVERIES,
            Purge::CandidateHistories => HISTORIES,
            Purge::LogEntries => LOG_ENTRIES,
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut transaction = self.database.begin().await?;
        let purged = transaction
            .execute(statement, &[micros(before).into(), limit.into()])
            .await
            .map_err(unavailable)?;
        let committed = match what {
            // The log is cleaned even if no row was purged, because an earlier process can have
            // stopped before it cleaned the log.
            Purge::KeptBodies | Purge::Deliveries => {
                self.database.commit_and_clean(transaction).await
            }
            _ => transaction.commit().await,
        };
        committed.map_err(unavailable)?;
        Ok(usize::try_from(purged).unwrap_or(usize::MAX))
    }
}

// Concurrent hosts purge different rows. PostgreSQL gets the rows as an array, because it
// overestimates a subquery and would scan the table to join it.
macro_rules! purge {
    ($write:literal, $old:literal) => {
        purge!($write, "id", $old)
    };
    ($write:literal, $id:literal, $old:literal) => {
        each(
            concat!($write, " WHERE ", $id, " IN (SELECT ", $id, $old, ")"),
            concat!(
                $write,
                " WHERE ctid = ANY (ARRAY (SELECT ctid",
                $old,
                " FOR UPDATE SKIP LOCKED))"
            ),
        )
    };
}

statements! {
    KEPT_BODIES = purge!(
        "UPDATE deliveries SET body = NULL, sealed_by = NULL",
        " FROM deliveries WHERE body IS NOT NULL AND received_at < $1 ORDER BY received_at LIMIT $2"
    );
    // The last delivery of each account stays, because the health check reports its time.
    DELIVERIES = purge!(
        "DELETE FROM deliveries",
        " FROM deliveries WHERE received_at < $1 AND EXISTS (SELECT 1 FROM deliveries AS newer \
            WHERE newer.account = deliveries.account AND newer.received_at > deliveries.received_at) \
            ORDER BY received_at LIMIT $2"
    );
    HISTORIES = purge!(
        "DELETE FROM fates",
        "rowid",
        " FROM fates WHERE noted_at < $1 ORDER BY noted_at LIMIT $2"
    );
    LOG_ENTRIES = purge!(
        "DELETE FROM sync_log",
        " FROM sync_log WHERE happened_at < $1 ORDER BY happened_at LIMIT $2"
    );
}
