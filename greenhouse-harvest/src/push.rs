//! Bringing completed assessments into Greenhouse.

mod application;
mod candidate;
mod checks;
mod failure;
mod fields;
mod journal;
mod note;
mod operator;
mod plan;
mod product;
mod queue;
mod record;
mod report;
mod run;
mod scorecard;
mod settle;
mod stage;
mod start;
mod text;
mod view;
mod wait;
mod write;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    Background, Clock, ReportAddress,
    platform::AssessmentPlatform,
    store::{Claim, Store, StoreError, TaskKind},
};
use tokio::sync::{Notify, watch};
use tracing::Instrument;

use self::fields::Definitions;
use crate::HarvestClients;

pub use self::{
    queue::{PushError, PushRefusal},
    view::{PushProblem, PushView},
};

/// The push of all accounts: one completed assessment becomes one candidate, one application, one report, one scorecard.
///
/// A push is a record with a journal. Every write to Greenhouse is journalled before and after, so that a push which was
/// cut at any point continues, when a person retries, after the last step that is known to be done; a write whose outcome
/// is unknown is looked up before anything is written again. What is asked for is durable before it is answered, and done
/// by [`Background::run_due`], on whichever host comes first. A failed push is never retried by itself.
///
/// Where an account has its webhooks switched on, each link leaves work to the one who takes them in: a host must do the work
/// of `PartnerService` in the background too, on the same store. Health warns where nobody does.
///
/// What becomes of people and applications that are not plain:
///
/// | in Greenhouse, or in the product | what the push does |
/// |---|---|
/// | nobody has the e-mail address | creates the candidate, with the application |
/// | one person has it, in any letter case | goes to that candidate |
/// | several have it | writes nothing; the entry lists them, and a person's retry names one (`several_candidates`) |
/// | another assessment of the person was pushed before | goes to the same candidate; on the same job to the same application |
/// | the candidate was merged into another | goes to the one that remained |
/// | the candidate was deleted | looks for the address anew |
/// | the person's data was erased | writes nothing, now or later (`erased`), also of the person's other pushes. An assessment of theirs that nobody had pushed is not known here, and pushed like any other |
/// | a private candidate whom the reader may not see | is not found, and so created a second time: the one case in which that can happen. Health names the permission that prevents it |
/// | an application on the mapped job | goes there; it is not moved, unless the account asks for it and the mapped stage lies ahead |
/// | that application is rejected or hired, as far as is known | writes nothing more (`application_rejected`, `application_hired`) |
/// | the application was deleted after the push | writes nothing (`application_deleted`) |
/// | the assessment came in through Greenhouse | goes to the application of its invitation, without a mapping; no trigger pushes it |
/// | nobody who reads is a Site Admin | creates nothing (`reader_blind`): an empty list would prove nothing |
/// | the mapped job is hidden from the reader | creates no application (`job_hidden`) |
/// | the product has no e-mail address | refused (`no_email`): nobody could tell whether the person is there |
/// | the person has one name only | that is the first name, and the last name is `-`: Greenhouse asks for both |
/// | the person has no name at all | refused (`no_name`) |
/// | the address changes in the product while a write is unknown | refused (`email_changed`): the person may be there under the earlier one |
///
/// # The scorecard
///
/// It goes there as a scorecard of Greenhouse, with the traits as ratings of the job's attributes, where the credential has
/// the restricted scopes (`harvest:scorecards:create`, `harvest:scorecard_candidate_attributes:create`, and the lists that
/// belong to them), the job has an interview kit, and of the traits, if there are any, at least one has an attribute of its name. The bodies of these
/// two writes are not public: they have the members of the rows that are read (inferred). The text of the scorecard says
/// everything, also of traits without an attribute. Otherwise, and where Greenhouse refuses it, a note says the same. The
/// sync log says which way was taken, and why.
pub struct PushService {
    parts: PushParts,
    /// Work was queued in this process.
    queued: Notify,
    /// A push has ended in this process.
    ended: Notify,
    /// The host is being stopped.
    stopping: watch::Sender<bool>,
    definitions: Definitions,
}

/// What a [`PushService`] works with.
#[derive(Clone)]
pub struct PushParts {
    /// Where pushes, links and the sync log are kept.
    pub store: Arc<dyn Store>,
    /// The product.
    pub platform: Arc<dyn AssessmentPlatform>,
    /// The way into Harvest, per account.
    pub clients: Arc<HarvestClients>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where the public finds reports; without it, notes carry no link to the report.
    pub reports: Option<Arc<ReportAddress>>,
    /// The waits.
    pub config: PushConfig,
}

/// How long a push waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PushConfig {
    /// How long a host may be at one push. Then it is dropped where it stands; the push reads as failed, and a person can
    /// retry. Default: 120 s.
    pub lease: Duration,
    /// How long after a write of unknown outcome an empty look-up proves nothing: the write may still be running, and
    /// reads may lag. Must not be below the write deadline; one that is, is taken as that deadline, with a warning.
    /// Default: 60 s.
    pub settle_time: Duration,
    /// How far apart the two look-ups are that have to find nothing before a write of unknown outcome is repeated.
    /// Default: 30 s.
    pub second_look: Duration,
    /// How long the definitions of custom fields are good for, once they were read. Default: 10 min.
    pub definitions_age: Duration,
    /// How long the host waits, when it is stopped, for the answer to a request that was sent. Default: 5 s.
    pub stop_grace: Duration,
    /// How long the push endpoint waits for the end of a push. Default: 10 s.
    pub endpoint_wait: Duration,
    /// How often it looks meanwhile whether another host has ended it. Default: 500 ms.
    pub poll: Duration,
    /// How long one write to Greenhouse may take. Must be below the lease; one that is not is taken as half of the lease,
    /// with a warning. Default: 30 s.
    pub write_deadline: Duration,
    /// How long the product may take to tell of an assessment, or to hand out its PDF. Default: 30 s.
    pub product_deadline: Duration,
    /// After how long a push is tried again that waits for another push of the same person. Default: 2 s.
    pub busy_wait: Duration,
    /// Whether an application at a mapped stage is created in one request with a new candidate. That `POST
    /// /v3/candidates` takes a stage is known from one client program only; without it, one more request creates the
    /// application, by the official description. Default: yes.
    pub stage_with_candidate: bool,
}

impl Default for PushConfig {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(120),
            settle_time: Duration::from_secs(60),
            second_look: Duration::from_secs(30),
            definitions_age: Duration::from_secs(600),
            stop_grace: Duration::from_secs(5),
            endpoint_wait: Duration::from_secs(10),
            poll: Duration::from_millis(500),
            write_deadline: Duration::from_secs(30),
            product_deadline: Duration::from_secs(30),
            busy_wait: Duration::from_secs(2),
            stage_with_candidate: true,
        }
    }
}

impl PushConfig {
    /// The same, with what could not work put right.
    fn workable(mut self) -> Self {
        if self.write_deadline >= self.lease {
            self.write_deadline = self.lease / 2;
            tracing::warn!(taken = ?self.write_deadline, "the write deadline of the push is not below its lease");
        }
        if self.settle_time < self.write_deadline {
            self.settle_time = self.write_deadline;
            tracing::warn!(taken = ?self.settle_time, "the settle time of the push is below its write deadline");
        }
        self
    }
}

impl PushService {
    /// A push that works with these parts.
    pub fn new(mut parts: PushParts) -> Self {
        parts.config = parts.config.workable();
        Self {
            parts,
            queued: Notify::new(),
            ended: Notify::new(),
            stopping: watch::Sender::new(false),
            definitions: Definitions::default(),
        }
    }

    /// The host is being stopped: nothing new is begun. A push that is being done ends before its next write, and at the
    /// latest after [`PushConfig::stop_grace`]; it reads as failed, says where it was interrupted, and a person can retry it
    /// on any host: at once, or where a write was under way once it is settled. What is queued stays so. There is no way back.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Returns once a push that is being done has had its time to end by itself.
    async fn cut_short(&self) {
        // The sender lives as long as the service, so this cannot fail before it is so.
        let stopped = self
            .stopping
            .subscribe()
            .wait_for(|stopping| *stopping)
            .await
            .is_ok();
        if stopped {
            self.parts.clock.sleep(self.parts.config.stop_grace).await;
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.parts.clock.now()
    }
}

#[async_trait]
impl Background for PushService {
    fn name(&self) -> &'static str {
        "push"
    }

    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        let store = &self.parts.store;
        for _ in 0..limit {
            if self.is_stopping() {
                return Ok(None);
            }
            // One at a time: a lease runs from the claim, not from the start.
            let lease = self.parts.config.lease;
            let claimed = store
                .claim_due(&Claim::new(&KINDS, self.now(), lease, 1))
                .await?;
            let Some(work) = claimed.first() else {
                break;
            };
            let span = tracing::info_span!(
                "work",
                id = %work.id,
                kind = work.work.kind().as_str(),
                account = %work.account,
                attempts = work.attempts,
            );
            let done = self.run(work).instrument(span.clone()).await;
            span.in_scope(|| match &done {
                Ok(()) => tracing::info!("work had its turn"),
                Err(error) => {
                    tracing::warn!(%error, "work could not be settled, and comes again when its lease ends");
                }
            });
            done?;
            self.ended.notify_waiters();
        }
        store.next_due(&KINDS).await
    }

    async fn woken(&self) {
        self.queued.notified().await;
    }
}

impl fmt::Debug for PushService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushService")
            .field("config", &self.parts.config)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PushParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushParts")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

const KINDS: [TaskKind; 1] = [TaskKind::Push];
