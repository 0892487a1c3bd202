//! What a host counts, for Prometheus: `GET /metrics`, in its text format.
//!
//! Every host counts what it does itself; only the due work is that of all hosts, read from the database when somebody asks.
//! Labels are words out of short lists, never an id, an account or a person.
//!
//! | metric | labels | |
//! |---|---|---|
//! | `greenhouse_http_requests_total` | `endpoint`, `method`, `status` | requests answered; `dropped` where the client was gone before |
//! | `greenhouse_http_request_seconds` | `endpoint` | from the head of a request to its answer, histogram |
//! | `greenhouse_http_requests_in_flight` | | requests that are being answered |
//! | `greenhouse_webhook_durable_seconds` | | from the head of a delivery to the 200 that says that it is durable, histogram |
//! | `greenhouse_webhook_deliveries_total` | `verdict` | new deliveries, by what became of them |
//! | `greenhouse_due_work` | `kind` | work that is due and not settled, over all hosts; 10,000 stands for that many or more |
//! | `greenhouse_due_work_oldest_seconds` | `kind` | how long the oldest of it has been due: what webhooks and pushes lag behind |
//! | `greenhouse_due_work_known` | | 1 where the database told of the due work; at 0 the two above are not there |
//! | `greenhouse_outcomes_total` | `subject`, `outcome` | what the sync log says was done, skipped or has failed: pushes, notices, events and so on |
//! | `greenhouse_harvest_calls_total` | `call`, `status` | calls to Harvest, retries within a call not counted |
//! | `greenhouse_harvest_call_seconds` | `call` | how long they took, waits included, histogram |
//! | `greenhouse_harvest_wait_seconds` | | how long they waited for their turn and between attempts, histogram |
//! | `greenhouse_harvest_rate_limit`, `greenhouse_harvest_rate_left` | | what the last answer told of the rate limit, whichever account it was for |
//! | `greenhouse_harvest_rate_left_ratio` | | the share that each answer left of its limit, histogram |
//! | `greenhouse_harvest_tokens_total` | `outcome` | tokens asked for: `given` or `refused` |
//! | `greenhouse_store_call_seconds` | `call` | calls of the database, histogram |
//! | `greenhouse_store_failures_total` | `call`, `reason` | of them, those that failed or were given up |

mod door;
mod due;
mod harvest;
mod make;
mod requests;
mod store;

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};
use greenhouse_core::{Clock, Secret, store::Store};
use greenhouse_harvest::HarvestObserver;
use prometheus::{Registry, TextEncoder};

pub(crate) use self::{door::MetricsDoor, requests::Asked, store::is_about_space};
use self::{
    due::DueMetrics,
    harvest::HarvestMetrics,
    make::Make,
    requests::RequestMetrics,
    store::{StoreMetrics, WatchedStore},
};

/// What this host has counted since it was started.
pub(crate) struct Metrics {
    registry: Registry,
    clock: Arc<dyn Clock>,
    requests: RequestMetrics,
    due: DueMetrics,
    store: Arc<StoreMetrics>,
    harvest: Arc<HarvestMetrics>,
}

impl Metrics {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let make = Make(&registry);
        Ok(Self {
            requests: RequestMetrics::new(&make)?,
            due: DueMetrics::new(&make)?,
            store: Arc::new(StoreMetrics::new(&make)?),
            harvest: Arc::new(HarvestMetrics::new(&make)?),
            clock,
            registry,
        })
    }

    /// The same store, watched.
    pub(crate) fn watch(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        let metrics = Arc::clone(&self.store);
        let clock = Arc::clone(&self.clock);
        Arc::new(WatchedStore::new(store, metrics, clock))
    }

    /// Is told what is asked of Harvest.
    pub(crate) fn harvest(&self) -> Arc<dyn HarvestObserver> {
        Arc::clone(&self.harvest) as _
    }

    /// A request for this endpoint has come in. It is counted when it is answered, or dropped.
    pub(crate) fn asked(&self, endpoint: &'static str, method: &http::Method) -> Asked<'_> {
        self.requests.asked(self.clock.as_ref(), endpoint, method)
    }

    /// Returns `true` if a call of the database has just failed because its disk is full.
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

/// Who may read the metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricsConfig {
    /// Opens `GET /metrics` to whoever has it. Without it, there is no such endpoint. Default: none.
    pub token: Option<Secret>,
}

/// Seconds since then; none where the clock was set back meanwhile.
fn seconds_since(clock: &dyn Clock, then: DateTime<Utc>) -> f64 {
    let past = (clock.now() - then).to_std().unwrap_or_default();
    past.as_secs_f64()
}

#[cfg(test)]
mod tests;
