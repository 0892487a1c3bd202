//! Metrics in the Prometheus text format, at `GET /metrics`.
//!
//! Each host reports its own activity, except the due tasks, which a scrape reads from the database
//! for all hosts. Label values come from fixed sets and never contain ids, accounts or personal
//! data. `docs/deploy/README.md` describes the metrics.

mod bodies;
mod due_tasks;
mod endpoint;
mod harvest;
mod registration;
mod requests;
mod store;

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};
use greenhouse_core::{Clock, Secret, store::Store};
use greenhouse_harvest::HarvestObserver;
use prometheus::{Registry, TextEncoder};

use self::{
    bodies::BodyMetrics,
    due_tasks::DueTaskMetrics,
    harvest::HarvestMetrics,
    registration::Registrar,
    requests::RequestMetrics,
    store::{MeteredStore, StoreMetrics},
};
pub(crate) use self::{
    endpoint::MetricsEndpoint, requests::RequestTimer, store::is_disk_full_error,
};

/// Metrics of this host since its start.
pub(crate) struct Metrics {
    registry: Registry,
    clock: Arc<dyn Clock>,
    requests: RequestMetrics,
    due_tasks: DueTaskMetrics,
    bodies: BodyMetrics,
    store: Arc<StoreMetrics>,
    harvest: Arc<HarvestMetrics>,
}

impl Metrics {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let registrar = Registrar(&registry);
        Ok(Self {
            requests: RequestMetrics::new(&registrar)?,
            due_tasks: DueTaskMetrics::new(&registrar)?,
            bodies: BodyMetrics::new(&registrar)?,
            store: Arc::new(StoreMetrics::new(&registrar)?),
            harvest: Arc::new(HarvestMetrics::new(&registrar)?),
            clock,
            registry,
        })
    }

    /// Wraps a store to time its calls and count their failures and outcomes.
    pub(crate) fn meter(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        let metrics = Arc::clone(&self.store);
        let clock = Arc::clone(&self.clock);
        Arc::new(MeteredStore::new(store, metrics, clock))
    }

    /// Returns the observer of calls to Harvest.
    pub(crate) fn harvest(&self) -> Arc<dyn HarvestObserver> {
        Arc::clone(&self.harvest) as _
    }

    /// Starts the timer of a request. The request is counted when the timer finishes or is dropped.
    pub(crate) fn start_request(
        &self,
        endpoint: &'static str,
        method: &http::Method,
    ) -> RequestTimer<'_> {
        self.requests.start(self.clock.as_ref(), endpoint, method)
    }

    /// Returns `true` if a database call failed in the last 30 seconds because the disk is full,
    /// and no write has succeeded since.
    pub(crate) fn is_disk_full(&self) -> bool {
        self.store.is_disk_full(self.clock.now())
    }

    fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// Access to the metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricsConfig {
    /// Bearer token for `GET /metrics`. If it is `None`, the default, the endpoint returns 404.
    pub token: Option<Secret>,
}

/// Returns the seconds since `then`, or 0 if the clock was set back.
fn seconds_since(clock: &dyn Clock, then: DateTime<Utc>) -> f64 {
    let past = (clock.now() - then).to_std().unwrap_or_default();
    past.as_secs_f64()
}

#[cfg(test)]
mod tests;
