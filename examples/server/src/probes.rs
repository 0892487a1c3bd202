//! Liveness and readiness probes for load balancers and orchestrators.
//!
//! | endpoint | answer |
//! |---|---|
//! | `GET /livez` | 200 while the process serves |
//! | `GET /readyz` | 200 while the host is ready, else 503 with the reason |
//!
//! A host is ready while the database responds, the database's disk is not full, every background
//! task runs, and the host is not shutting down. Probes need no authentication, so they query the
//! database at most once a second and return no other information.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    Clock, answer, chain,
    store::{Store, TaskKind},
    within,
};
use http::{Method, Response, StatusCode};
use tokio::sync::Mutex;

/// Answers the probes of a host.
pub(crate) struct Probes {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    check_process: Box<dyn Fn() -> Result<(), Unready> + Send + Sync>,
    stopping: AtomicBool,
    last_check: Mutex<Option<DatabaseCheck>>,
}

/// Time and result of the last database query.
#[derive(Clone, Copy)]
struct DatabaseCheck {
    at: DateTime<Utc>,
    result: Result<(), Unready>,
}

impl Probes {
    /// Creates the probes. `check_process` checks everything except the database.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        check_process: impl Fn() -> Result<(), Unready> + Send + Sync + 'static,
    ) -> Self {
        Self {
            store,
            clock,
            check_process: Box::new(check_process),
            stopping: AtomicBool::new(false),
            last_check: Mutex::default(),
        }
    }

    /// Marks the host as not ready, because it is shutting down.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn live(method: &Method) -> Response<Bytes> {
        reject_method(method).unwrap_or_else(|| answer::text(StatusCode::OK, "alive\n"))
    }

    pub(crate) async fn ready(&self, method: &Method) -> Response<Bytes> {
        if let Some(rejection) = reject_method(method) {
            return rejection;
        }
        match self.check().await {
            Ok(()) => answer::text(StatusCode::OK, "ready\n"),
            Err(unready) => {
                tracing::warn!(
                    reason = unready.text().trim(),
                    "readiness probe answered with 503"
                );
                answer::text(StatusCode::SERVICE_UNAVAILABLE, unready.text())
            }
        }
    }

    async fn check(&self) -> Result<(), Unready> {
        if self.stopping.load(Ordering::Relaxed) {
            return Err(Unready::Stopping);
        }
        let result = within(
            self.clock.as_ref(),
            DATABASE_DEADLINE,
            self.check_database(),
        )
        .await;
        result.unwrap_or_else(|| {
            tracing::warn!("readiness: the database did not respond within 2 seconds");
            Err(Unready::Slow)
        })?;
        (self.check_process)()
    }

    /// Queries the database, at most once a second. Concurrent probes share the result.
    async fn check_database(&self) -> Result<(), Unready> {
        let mut last = self.last_check.lock().await;
        let now = self.clock.now();
        if let Some(last) = *last
            && (now - last.at)
                .to_std()
                .is_ok_and(|past| past < CHECK_INTERVAL)
        {
            return last.result;
        }
        let answer = self.store.next_due(&[TaskKind::Push]).await;
        let result = answer.map(drop).map_err(|error| {
            tracing::warn!(error = %chain(&error), "readiness: the database is unavailable");
            Unready::Unavailable
        });
        let at = self.clock.now();
        *last = Some(DatabaseCheck { at, result });
        result
    }
}

impl fmt::Debug for Probes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probes")
            .field("stopping", &self.stopping)
            .finish_non_exhaustive()
    }
}

/// Returns a 405 response for a method other than GET and HEAD. `None` for these two.
pub(crate) fn reject_method(method: &Method) -> Option<Response<Bytes>> {
    if ALLOWED.contains(method) {
        return None;
    }
    Some(answer::method_not_allowed(&ALLOWED))
}

const ALLOWED: [Method; 2] = [Method::GET, Method::HEAD];

/// Reason why the host is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unready {
    Stopping,
    TaskStopped,
    DiskFull,
    Unavailable,
    Slow,
}

impl Unready {
    fn text(self) -> &'static str {
        match self {
            Self::Stopping => "not ready: the host is shutting down\n",
            Self::TaskStopped => "not ready: a background task has stopped; see the log\n",
            Self::DiskFull => "not ready: the database's disk is full\n",
            Self::Unavailable => "not ready: the database is unavailable; see the log\n",
            Self::Slow => "not ready: the database did not respond within 2 seconds\n",
        }
    }
}

const DATABASE_DEADLINE: Duration = Duration::from_secs(2);
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
