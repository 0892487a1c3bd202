//! Sessions of a host's pages that their users have ended.
//!
//! A session is a sealed cookie, so that no host has to store it. Only its end is stored, until the
//! session would have expired.

use chrono::{DateTime, Utc};
use greenhouse_core::store::StoreError;

use crate::{
    SqlxStore,
    error::unavailable,
    rows::micros,
    session::{both, statements},
};

impl SqlxStore {
    /// Ends the session with this id on every host that uses the database. Also removes the ends of
    /// sessions that have expired before `now`. Does nothing if the session has already ended.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be written.
    pub async fn end_session(
        &self,
        id: &[u8; 16],
        expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        let purged = transaction.execute(PURGE, &[micros(now).into()]).await;
        purged.map_err(unavailable)?;
        let values = [id.as_slice().into(), micros(expires_at).into()];
        let ended = transaction.execute(END, &values).await;
        ended.map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)
    }

    /// Returns `true` if the session with this id has ended and its end is still stored.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read.
    pub async fn has_session_ended(&self, id: &[u8; 16]) -> Result<bool, StoreError> {
        let row = self.database.first(ENDED, &[id.as_slice().into()]).await?;
        Ok(row.is_some())
    }
}

statements! {
    END = both("INSERT INTO ended_sessions (id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING");
    ENDED = both("SELECT id FROM ended_sessions WHERE id = $1");
    PURGE = both("DELETE FROM ended_sessions WHERE expires_at < $1");
}
