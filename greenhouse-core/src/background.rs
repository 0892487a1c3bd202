//! Work in the background: each service does its own, and the host calls it in a loop on every machine.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::store::StoreError;

/// A service with due work.
///
/// A host runs, on every machine: do what is due, then wait until the time that was answered or until
/// [`woken`](Self::woken) returns, whichever is first. Any number of hosts may do so at once.
#[async_trait]
pub trait Background: fmt::Debug + Send + Sync {
    /// Claims and does at most `limit` pieces of due work, of which what is done in one call to the outside is one. Answers when the next is due; none if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store could not be asked. The host waits a little and calls again.
    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Returns once this service has caused work in this process. Dropping the future is always allowed.
    async fn woken(&self);
}
