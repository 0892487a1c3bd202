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
            Purge::CandidateHistories => FATES,
            Purge::LogEntries => LOG_ENTRIES,
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut transaction = self.database.begin().await?;
        let purged = transaction
            .execute(statement, &[micros(before).into(), limit.into()])
            .await
            .map_err(unavailable)?;
        let committed = match what {
            // A delivery can go with its body. Also where none went: another process may have erased, and ended while a reader was in its way.
            Purge::KeptBodies | Purge::Deliveries => {
                self.database.commit_erasing(transaction).await
            }
            _ => transaction.commit().await,
        };
        committed.map_err(unavailable)?;
        Ok(usize::try_from(purged).unwrap_or(usize::MAX))
    }
}

// Two hosts that purge at once take different rows. PostgreSQL is given their places as a list, since it would take a
// query of some rows for one of many, and read the table to join them.
macro_rules! some {
    ($write:literal, $old:literal) => {
        some!($write, "id", $old)
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
    KEPT_BODIES = some!(
        "UPDATE deliveries SET body = NULL, sealed_by = NULL",
        " FROM deliveries WHERE body IS NOT NULL AND received_at < $1 ORDER BY received_at LIMIT $2"
    );
    // The last delivery of an account stays, to say when its hook was last alive.
    DELIVERIES = some!(
        "DELETE FROM deliveries",
        " FROM deliveries WHERE received_at < $1 AND EXISTS (SELECT 1 FROM deliveries AS newer \
            WHERE newer.account = deliveries.account AND newer.received_at > deliveries.received_at) \
            ORDER BY received_at LIMIT $2"
    );
    FATES = some!(
        "DELETE FROM fates",
        "rowid",
        " FROM fates WHERE noted_at < $1 ORDER BY noted_at LIMIT $2"
    );
    LOG_ENTRIES = some!(
        "DELETE FROM sync_log",
        " FROM sync_log WHERE happened_at < $1 ORDER BY happened_at LIMIT $2"
    );
}
