//! Time of the database server, and the time up to which retention has accepted the host's clock.

use chrono::{DateTime, Utc};
use greenhouse_core::store::StoreError;

use crate::{
    SqlxStore,
    error::unavailable,
    rows::{micros, read_micros},
    session::{Statement, both, each, statements},
};

impl SqlxStore {
    pub(crate) async fn time(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.optional_time(SERVER_TIME).await
    }

    pub(crate) async fn accepted_time(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.optional_time(ACCEPTED).await
    }

    pub(crate) async fn accept_time(&self, at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        let accepted = transaction.execute(ACCEPT, &[micros(at).into()]).await;
        accepted.map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)
    }

    async fn optional_time(
        &self,
        statement: Statement,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = self.database.first(statement, &[]).await?;
        let at = row.map(|row| row.optional_number(0)).transpose()?.flatten();
        at.map(|at| read_micros("host_time", at)).transpose()
    }
}

statements! {
    // SQLite runs in the host's process, so it has no clock of its own.
    SERVER_TIME = each(
        "SELECT NULL",
        "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT",
    );
    // SQLite's `MAX` with several arguments returns NULL if one of them is NULL.
    ACCEPTED = each(
        "SELECT COALESCE((SELECT accepted_at FROM host_time WHERE id = 1), MAX( \
            COALESCE((SELECT MAX(received_at) FROM deliveries), (SELECT MAX(happened_at) FROM sync_log)), \
            COALESCE((SELECT MAX(happened_at) FROM sync_log), (SELECT MAX(received_at) FROM deliveries))))",
        "SELECT COALESCE((SELECT accepted_at FROM host_time WHERE id = 1), GREATEST( \
            (SELECT MAX(received_at) FROM deliveries), (SELECT MAX(happened_at) FROM sync_log)))",
    );
    ACCEPT = both("INSERT INTO host_time (id, accepted_at) VALUES (1, $1) \
        ON CONFLICT (id) DO UPDATE SET accepted_at = excluded.accepted_at");
}
