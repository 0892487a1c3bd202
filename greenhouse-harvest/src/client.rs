//! One credential's way to Harvest v3.

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
mod retry;
mod server_time;
mod token;
mod untyped;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    Clock, HttpTransport, JobId, later,
    settings::{FromStage, HarvestCredential},
};

use self::{budget::Budget, server_time::ServerTime, token::TokenSource};
use crate::{Error, HarvestEndpoints, HarvestObserver, api::JobFilter};

pub use self::{
    builder::HarvestClientBuilder, identity::Identity, list::List, partner::PartnerConnection,
    retry::RetryPolicy, token::TokenConfig, untyped::UntypedCall,
};

pub(crate) use self::call::Call;
#[cfg(any(test, fuzzing))]
pub(crate) use self::{link::next as next_link, problem::read as read_problem};

/// A client of Harvest v3 for one credential and one acting user. Clones share their token and their place in the rate
/// limit: a call waits for its turn rather than run into 429.
///
/// Reads are repeated a few times where that may help ([`RetryPolicy`]). A write is repeated only where Greenhouse
/// certainly did not act on it (never sent, 429, a token that had run out). Whether a failed write may have been carried out
/// says [`Error::outcome_unknown`].
#[derive(Clone)]
pub struct HarvestClient {
    shared: Arc<Shared>,
    bounds: Bounds,
}

struct Shared {
    transport: Arc<dyn HttpTransport>,
    clock: Arc<dyn Clock>,
    server_time: Arc<ServerTime>,
    endpoints: HarvestEndpoints,
    credential: HarvestCredential,
    from_stage: FromStage,
    tokens: TokenSource,
    budget: Budget,
    retries: RetryPolicy,
    observer: Option<Arc<dyn HarvestObserver>>,
    /// Jobs that were in the acting user's own list, and when.
    shown_jobs: Mutex<BTreeMap<JobId, DateTime<Utc>>>,
}

/// What one call may take.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// For the exchange of a write.
    write_deadline: Duration,
    /// For all waits of one call together.
    patience: Duration,
    /// No write is sent that may still run then.
    write_end: Option<DateTime<Utc>>,
}

impl HarvestClient {
    /// Begins a client of this credential, with Greenhouse's own hosts and everything else at its default.
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
        );
        let shared = Shared {
            transport: parts.transport,
            server_time,
            clock: parts.clock,
            endpoints: parts.endpoints,
            credential: parts.credential,
            from_stage: parts.from_stage,
            tokens,
            budget,
            retries: parts.retries,
            observer: parts.observer,
            shown_jobs: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            bounds: Bounds {
                write_deadline: DEFAULT_WRITE_DEADLINE,
                patience: parts.patience,
                write_end: None,
            },
        }
    }

    /// The same client with this time limit for each write, from the call to the last byte of the answer. Default: 30 s.
    #[must_use]
    pub fn with_write_deadline(mut self, deadline: Duration) -> Self {
        self.bounds.write_deadline = deadline;
        self
    }

    /// The same client with this bound on the waits of one call, for its turn and between attempts, all together. A call
    /// that would certainly wait longer fails at once with [`Error::RateLimited`]. Default: that of the builder.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.bounds.patience = patience;
        self
    }

    /// The same client, sending no write whose time limit reaches beyond `end`; see [`Error::OutOfTime`].
    #[must_use]
    pub fn writing_until(mut self, end: DateTime<Utc>) -> Self {
        self.bounds.write_end = Some(end);
        self
    }

    /// Who the client is to Greenhouse, and what it may do: asked of the token host, which does not count as a request
    /// of the API.
    ///
    /// # Errors
    ///
    /// [`Error::Auth`] where the credential is refused, and those of a read.
    pub async fn introspect(&self) -> Result<Identity, Error> {
        self.shared.tokens.introspect().await
    }

    /// As [`introspect`](Self::introspect), but remembered as long as the token: what a token may do does not change
    /// (inferred).
    ///
    /// # Errors
    ///
    /// As [`introspect`](Self::introspect).
    pub async fn identity(&self) -> Result<Identity, Error> {
        self.shared.tokens.identity().await
    }

    /// Whether an empty list proves that there is nothing: whether the client acts as a Site Admin.
    ///
    /// A yes is remembered as long as its token, a no is asked again each time.
    ///
    /// # Errors
    ///
    /// As [`introspect`](Self::introspect).
    pub async fn sees(&self) -> Result<bool, Error> {
        self.shared.tokens.sees().await
    }

    /// Whether the job is in the acting user's own list. A confidential job is hidden from whoever is not on its hiring
    /// team (documented), a Site Admin perhaps included (told both ways), and then so are its applications. A yes is
    /// remembered for ten minutes.
    ///
    /// # Errors
    ///
    /// As the list of jobs.
    pub async fn shows_job(&self, job: JobId) -> Result<bool, Error> {
        let now = self.shared.clock.now();
        let seen = self.shown_jobs().get(&job).copied();
        if seen.is_some_and(|at| now < later(at, SHOWN_FOR)) {
            return Ok(true);
        }
        let rows = self.jobs(&JobFilter::new().ids([job])).all().await?;
        let shown = rows.iter().any(|row| row.id == job);
        if shown {
            self.shown_jobs().insert(job, now);
        }
        Ok(shown)
    }

    pub(crate) fn moves_name(&self) -> FromStage {
        self.shared.from_stage
    }

    fn shown_jobs(&self) -> MutexGuard<'_, BTreeMap<JobId, DateTime<Utc>>> {
        self.shared
            .shown_jobs
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

const SHOWN_FOR: Duration = Duration::from_secs(600);
const DEFAULT_WRITE_DEADLINE: Duration = Duration::from_secs(30);
