//! Harvest v3 client for one credential.

mod budget;
mod builder;
mod call;
mod decode;
mod exchange;
mod identity;
mod link;
mod list;
mod partner;
mod problem;
mod query;
mod retry;
mod server_time;
mod token;
mod token_config;
mod untyped;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    Clock, HttpTransport, JobId, backfill::WindowUse, later, settings::HarvestCredential,
    store::StoreError,
};

use self::{budget::Budget, server_time::ServerTime, token::TokenSource};
use crate::{Error, HarvestEndpoints, HarvestObserver};

pub use self::{
    builder::HarvestClientBuilder, identity::Identity, list::List, partner::PartnerConnection,
    query::TimeRange, retry::RetryPolicy, token_config::TokenConfig, untyped::UntypedCall,
};

pub(crate) use self::{
    call::Call,
    query::{MAX_PAGE_SIZE, Query},
};
#[cfg(any(test, fuzzing))]
pub(crate) use self::{link::next as next_link, problem::read as read_problem};

/// Harvest v3 client for one credential and one acting user. Clones share the token and the rate
/// limit. A call waits until the rate limit allows its request, to avoid a 429.
///
/// Reads are retried a few times if a retry can help ([`RetryPolicy`]). A write is retried only if
/// Greenhouse certainly did not carry it out (never sent, 429, expired token).
/// [`Error::outcome_unknown`] returns `true` if a failed write may have been carried out.
#[derive(Clone)]
pub struct HarvestClient {
    shared: Arc<Shared>,
    bounds: Bounds,
    /// Counts the requests of this clone. `None` if nothing counts them.
    count: Option<RequestCount>,
}

struct Shared {
    transport: Arc<dyn HttpTransport>,
    clock: Arc<dyn Clock>,
    server_time: Arc<ServerTime>,
    endpoints: HarvestEndpoints,
    credential: HarvestCredential,
    tokens: TokenSource,
    budget: Budget,
    retries: RetryPolicy,
    observer: Option<Arc<dyn HarvestObserver>>,
    /// Jobs that a list returned to the acting user, each with the time of the response.
    visible_jobs: Mutex<BTreeMap<JobId, DateTime<Utc>>>,
}

/// Number of requests that clones of a client have sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestCount(Arc<AtomicU32>);

impl RequestCount {
    pub(crate) fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Time limits of one call.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// Time limit for each write, from sending the request to the end of the response.
    write_deadline: Duration,
    /// Limit on the total wait of one call.
    patience: Duration,
    /// End of the period for writes. A write that could still be running at this time is not sent.
    write_end: Option<DateTime<Utc>>,
}

impl HarvestClient {
    /// Returns a builder for a client with this credential. By default, the client calls
    /// Greenhouse's own hosts and keeps the token and the rate budget in memory.
    pub fn builder(
        transport: Arc<dyn HttpTransport>,
        clock: Arc<dyn Clock>,
        credential: HarvestCredential,
    ) -> HarvestClientBuilder {
        HarvestClientBuilder::new(transport, clock, credential)
    }

    fn from_builder(parts: HarvestClientBuilder) -> Self {
        let server_time = Arc::new(ServerTime::new(Arc::clone(&parts.clock)));
        let tokens = TokenSource::new(&parts, Arc::clone(&server_time));
        let budget = Budget::new(
            parts.account,
            parts.credential.client_id().to_owned(),
            parts.budgets,
            Arc::clone(&server_time),
            parts.limit_poll,
            parts.is_sparing,
        );
        let shared = Shared {
            transport: parts.transport,
            server_time,
            clock: parts.clock,
            endpoints: parts.endpoints,
            credential: parts.credential,
            tokens,
            budget,
            retries: parts.retries,
            observer: parts.observer,
            visible_jobs: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            bounds: Bounds {
                write_deadline: DEFAULT_WRITE_DEADLINE,
                patience: parts.patience,
                write_end: None,
            },
            count: None,
        }
    }

    /// Sets the time limit for each write, from sending the request to the last byte of the
    /// response. Default: 30 s.
    #[must_use]
    pub fn with_write_deadline(mut self, deadline: Duration) -> Self {
        self.bounds.write_deadline = deadline;
        self
    }

    /// Sets the limit on the total wait of one call, for the rate limit and between attempts. A
    /// call that would certainly wait longer fails immediately with [`Error::RateLimited`].
    /// Default: the builder's value.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.bounds.patience = patience;
        self
    }

    /// Sets the end of the period for writes. A write whose time limit would end later is not sent
    /// and fails with [`Error::OutOfTime`].
    #[must_use]
    pub fn writing_until(mut self, end: DateTime<Utc>) -> Self {
        self.bounds.write_end = Some(end);
        self
    }

    /// Returns the client's identity and permissions as reported by the token host. The request
    /// does not count against the API's rate limit.
    ///
    /// # Errors
    ///
    /// [`Error::Auth`] if the credential is rejected. [`Error`] if the request fails for another
    /// reason.
    pub async fn introspect(&self) -> Result<Identity, Error> {
        self.shared.tokens.introspect().await
    }

    /// Same as [`introspect`](Self::introspect), but cached for the life of the token, because a
    /// token's permissions do not change (inferred).
    ///
    /// # Errors
    ///
    /// Same as [`introspect`](Self::introspect).
    pub async fn identity(&self) -> Result<Identity, Error> {
        self.shared.tokens.identity().await
    }

    /// Returns `true` if the client acts as a Site Admin. Only then does an empty list prove that
    /// there are no records.
    ///
    /// The result `true` is cached for the life of the token. The result `false` is checked again
    /// on each call. A token that the token host reports as inactive is replaced.
    ///
    /// # Errors
    ///
    /// Same as [`introspect`](Self::introspect).
    pub async fn sees_all(&self) -> Result<bool, Error> {
        self.shared.tokens.sees_all().await
    }

    /// Counts every request that this clone and its clones send.
    pub(crate) fn counting(mut self, count: RequestCount) -> Self {
        self.count = Some(count);
        self
    }

    /// Returns the use of the current rate limit window by all senders.
    pub(crate) async fn window_use(&self) -> Result<WindowUse, StoreError> {
        self.shared.budget.window_use().await
    }

    /// Follows a connection or disconnection of a partner's app by another host.
    pub(crate) async fn follow_store(&self) -> Result<(), StoreError> {
        self.shared.tokens.follow_store().await
    }

    /// Returns `true` if a list contained this job within the last ten minutes.
    pub(crate) fn has_seen_job(&self, job: JobId) -> bool {
        let seen = self.visible_jobs().get(&job).copied();
        seen.is_some_and(|at| self.shared.clock.now() < later(at, VISIBLE_FOR))
    }

    pub(crate) fn note_seen_job(&self, job: JobId) {
        self.visible_jobs().insert(job, self.shared.clock.now());
    }

    fn visible_jobs(&self) -> MutexGuard<'_, BTreeMap<JobId, DateTime<Utc>>> {
        self.shared
            .visible_jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for HarvestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HarvestClient")
            .field("api", &self.shared.endpoints.api().as_str())
            .finish_non_exhaustive()
    }
}

const VISIBLE_FOR: Duration = Duration::from_secs(600);
const DEFAULT_WRITE_DEADLINE: Duration = Duration::from_secs(30);
