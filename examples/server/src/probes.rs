//! What a load balancer or an orchestrator asks: whether the process lives, and whether it can do its work.
//!
//! | endpoint | answer |
//! |---|---|
//! | `GET /livez` | 200 while the process serves |
//! | `GET /readyz` | 200 while the database answers, its disk is not full, every background task runs, and the host is not being stopped; else 503, and why |
//!
//! Nobody has to say who they are, so nothing is told but that, and however many ask, the database is asked once a second.

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
use http::{HeaderValue, Method, Response, StatusCode, header};
use tokio::sync::Mutex;

/// Tells whether the host lives, and whether it is ready.
pub(crate) struct Probes {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    vitals: Box<dyn Fn() -> Result<(), Unready> + Send + Sync>,
    stopping: AtomicBool,
    last: Mutex<Option<Last>>,
}

#[derive(Clone, Copy)]
struct Last {
    at: DateTime<Utc>,
    found: Result<(), Unready>,
}

impl Probes {
    /// `vitals` says what keeps the host from working besides the database.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        vitals: impl Fn() -> Result<(), Unready> + Send + Sync + 'static,
    ) -> Self {
        Self {
            store,
            clock,
            vitals: Box::new(vitals),
            stopping: AtomicBool::new(false),
            last: Mutex::default(),
        }
    }

    /// The host is being stopped, and not ready any more.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn live(method: &Method) -> Response<Bytes> {
        refused(method).unwrap_or_else(|| answer::text(StatusCode::OK, "alive\n"))
    }

    pub(crate) async fn ready(&self, method: &Method) -> Response<Bytes> {
        if let Some(refused) = refused(method) {
            return refused;
        }
        match self.look().await {
            Ok(()) => answer::text(StatusCode::OK, "ready\n"),
            Err(unready) => answer::text(StatusCode::SERVICE_UNAVAILABLE, unready.text()),
        }
    }

    async fn look(&self) -> Result<(), Unready> {
        if self.stopping.load(Ordering::Relaxed) {
            return Err(Unready::Stopping);
        }
        let found = within(self.clock.as_ref(), PATIENCE, self.ask()).await;
        found.unwrap_or_else(|| {
            tracing::warn!("the database gave no answer in time");
            Err(Unready::Slow)
        })?;
        (self.vitals)()
    }

    /// Asks the database, unless somebody did so just now; whoever comes meanwhile waits for the same answer.
    async fn ask(&self) -> Result<(), Unready> {
        let mut last = self.last.lock().await;
        let now = self.clock.now();
        if let Some(last) = *last
            && (now - last.at).to_std().is_ok_and(|past| past < FRESH)
        {
            return last.found;
        }
        let asked = self.store.next_due(&[TaskKind::Push]).await;
        let found = asked.map(drop).map_err(|error| {
            tracing::warn!(error = %chain(&error), "the database could not be asked");
            Unready::Down
        });
        let at = self.clock.now();
        *last = Some(Last { at, found });
        found
    }
}

impl fmt::Debug for Probes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probes")
            .field("stopping", &self.stopping)
            .finish_non_exhaustive()
    }
}

/// The answer to a method that reads nothing; none where it reads.
pub(crate) fn refused(method: &Method) -> Option<Response<Bytes>> {
    if [Method::GET, Method::HEAD].contains(method) {
        return None;
    }
    let mut response = answer::problem(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this endpoint takes GET",
    );
    let allowed = HeaderValue::from_static("GET, HEAD");
    response.headers_mut().insert(header::ALLOW, allowed);
    Some(response)
}

/// Why the host cannot do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unready {
    Stopping,
    Halted,
    Full,
    Down,
    Slow,
}

impl Unready {
    fn text(self) -> &'static str {
        match self {
            Self::Stopping => "not ready: the host is being stopped\n",
            Self::Halted => "not ready: a background task is not running; the log says why\n",
            Self::Full => "not ready: the disk of the database is full\n",
            Self::Down => "not ready: the database cannot be asked; the log says why\n",
            Self::Slow => "not ready: the database gave no answer within 2 seconds\n",
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(2);
const FRESH: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
