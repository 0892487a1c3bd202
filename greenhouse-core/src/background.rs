use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::store::StoreError;

/// A background task of a service.
///
/// [`Integration::run`](crate::Integration::run) runs one loop per background task: it calls
/// [`run_due`](Self::run_due), then waits until the returned time or until [`woken`](Self::woken)
/// returns, whichever comes first. Several hosts may run the same background task at the same time.
#[async_trait]
pub trait Background: fmt::Debug + Send + Sync {
    /// Name for status, logs and metrics, for example `push`.
    fn name(&self) -> &'static str;

    /// Processes up to `limit` due tasks. Tasks batched into one outbound call count as one.
    /// Returns the time at which the next task is due, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store fails. The loop calls again after a wait.
    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Returns once this process has stored a task. The future may be dropped at any time.
    async fn woken(&self);
}
