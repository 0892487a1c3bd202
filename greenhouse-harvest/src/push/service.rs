use std::{collections::BTreeMap, fmt, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{self, BoxFuture},
    stream::FuturesUnordered,
};
use greenhouse_core::{
    AccountId, Background, BuildError, chain,
    health::Check,
    integration::Ports,
    store::{Claim, ClaimedTask, StoreError, TaskKind},
};
use tokio::sync::Notify;
use tracing::Instrument as _;

use super::{
    ConnectionService, PushConfig, PushSetUp, StatusWriter, diagnosis, engine::Engine, run::run,
    settings::PushSettingsService,
};
use crate::HarvestClients;

/// Service that pushes completed assessments to Greenhouse. One assessment becomes one candidate,
/// one application, one report and one scorecard.
///
/// A push is a record with a journal. Each write to Greenhouse is journalled before and after. If a
/// push is interrupted, a retry continues after the last finished step, and searches for the result
/// of a write with an unknown outcome before writing again. A request is stored before the response
/// is sent. [`Background::run_due`] runs the push, on any host. Only a person can retry a failed
/// push.
///
/// A host runs several pushes at the same time ([`PushConfig::at_once`]), but only a few for each
/// account ([`PushConfig::at_once_per_account`]), so an account that waits for its rate limit does
/// not delay other accounts. Only one push for the same person runs at a time.
///
/// The service also invites the candidates of [tests by stage](greenhouse_core::stage_test), which
/// webhooks request.
///
/// If webhooks are switched on for an account, each new link queues a task for `PartnerService`. A
/// host must therefore also run the background tasks of `PartnerService` on the same store. Health
/// warns if no host does so.
///
/// Behavior of a push in special cases:
///
/// | in Greenhouse or in the product | push |
/// |---|---|
/// | no candidate has the email address | creates the candidate with the application |
/// | one candidate has the address, in any letter case | uses this candidate |
/// | several candidates have the address | fails (`several_candidates`); a retry can choose one |
/// | the person was pushed before | uses the same candidate and, per job, the same application |
/// | the candidate was merged into another | uses the remaining one |
/// | the candidate was deleted | searches for the address again |
/// | the person's data was erased | fails (`erased`), as do the person's other pushes [^1] |
/// | a private candidate is hidden from the reader | creates the candidate again [^2] |
/// | the candidate has an application for the job | uses it, and moves it only if configured |
/// | that application is rejected | fails (`application_rejected`) |
/// | that application is hired | fails (`application_hired`) |
/// | the application was deleted after the push | fails (`application_deleted`) |
/// | Greenhouse sent the assessment | uses the invitation's application, and does not move it [^3] |
/// | no available user is a Site Admin | creates nothing (`reader_blind`) |
/// | the mapped job is hidden from the reader | creates no application (`job_hidden`) |
/// | the person has no email address | refused (`no_email`) |
/// | the person's email address is invalid | refused (`invalid_email`) |
/// | the person has one name | uses it as the first name, with the last name `-` |
/// | the person has no name | refused (`no_name`) |
/// | the address changed after a write with an unknown outcome | refused (`email_changed`) |
/// | five panics before the first write | fails (`product_panicked`) |
/// | an outage or a full rate limit before the first write | waits up to [`PushConfig::patience`] |
/// | the report is not ready | waits up to [`PushConfig::patience`], and writes nothing |
/// | an outage or a full rate limit after the first write | fails; a person can retry it |
/// | the assessment has no score | writes "Completed" instead of score and recommendation |
///
/// [^1]: An assessment that was not pushed before the erasure is pushed nevertheless.
/// [^2]: This is the only case in which a duplicate is created. Health names the permission
/// that prevents it.
/// [^3]: The assessment needs no mapping. It is pushed automatically only if
/// [`PushSettings::invited_results`](greenhouse_core::settings::PushSettings::invited_results) is
/// `true`, whatever the trigger.
///
/// # The scorecard
///
/// The result becomes a scorecard in Greenhouse, with the traits as ratings of the job's
/// attributes, if
///
/// - the credential has the restricted scopes `harvest:scorecards:create` and
///   `harvest:scorecard_candidate_attributes:create`, and the scopes of the related lists,
/// - the job has an interview kit, and
/// - at least one trait, if there are any, has the name of an attribute.
///
/// The bodies of these two writes are not public. They have the same members as the rows that
/// Greenhouse returns (inferred). The scorecard's text contains all traits. In all other cases, and
/// if Greenhouse rejects the scorecard, a note with the same text is written. The sync log states
/// whether a scorecard or a note was written, and why.
pub struct PushService {
    pub(super) engine: Arc<Engine>,
    /// Notified when a task is queued in this process.
    pub(super) queued: Notify,
    /// Notified when a backfill is started or resumed in this process.
    pub(super) backfill_queued: Notify,
    /// Notified when a push ends in this process.
    pub(super) ended: Notify,
}

/// Builder of a [`PushService`].
#[derive(Debug)]
#[must_use]
pub struct PushServiceBuilder {
    ports: Ports,
    clients: Option<Arc<HarvestClients>>,
    config: PushConfig,
}

impl PushServiceBuilder {
    /// Sets Harvest clients that are shared with other services. Default: separate clients.
    pub fn clients(mut self, clients: Arc<HarvestClients>) -> Self {
        self.clients = Some(clients);
        self
    }

    /// Sets time limits, intervals and concurrency limits.
    pub fn config(mut self, config: PushConfig) -> Self {
        self.config = config;
        self
    }

    /// Builds the service.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the configuration is invalid.
    pub fn build(self) -> Result<PushService, BuildError> {
        self.config.check()?;
        let clients = match self.clients {
            Some(clients) => clients,
            None => Arc::new(HarvestClients::builder(&self.ports).build()?),
        };
        Ok(PushService {
            engine: Arc::new(Engine::new(self.ports, clients, self.config)),
            queued: Notify::new(),
            backfill_queued: Notify::new(),
            ended: Notify::new(),
        })
    }
}

impl PushService {
    /// Returns a builder for the service.
    pub fn builder(ports: &Ports) -> PushServiceBuilder {
        PushServiceBuilder {
            ports: ports.clone(),
            clients: None,
            config: PushConfig::default(),
        }
    }

    /// Returns the service for the push settings of all accounts.
    pub fn settings(&self) -> PushSettingsService {
        PushSettingsService::new(Arc::clone(&self.engine))
    }

    /// Returns the service that connects accounts to a partner's app.
    pub fn connection(&self) -> ConnectionService {
        ConnectionService::new(Arc::clone(&self.engine))
    }

    /// Returns the background task that writes the status of tests to a custom field.
    pub fn status_writer(&self) -> StatusWriter {
        StatusWriter::new(Arc::clone(&self.engine))
    }

    /// Runs the health checks that need only the store.
    pub async fn checks_of_store(&self, account: &AccountId) -> Vec<Check> {
        diagnosis::health::checks_of_store(&self.engine, account).await
    }

    /// Returns the set-up steps to complete before the first push. `None` if the account has no
    /// push settings.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the settings could not be read.
    pub async fn set_up(&self, account: &AccountId) -> Result<Option<PushSetUp>, StoreError> {
        let ports = &self.engine.ports;
        if let Some(record) = ports.store().account(account).await? {
            return Ok(record.settings.push.as_ref().map(PushSetUp::new));
        }
        // A host can store its settings elsewhere.
        let settings = ports.settings().push(account).await?;
        Ok(settings.as_deref().map(PushSetUp::new))
    }

    /// Stops the service permanently. No further push is started, and queued pushes stay queued.
    ///
    /// A running push ends before its next write, at the latest after [`PushConfig::stop_grace`].
    /// The push has then failed, and its failure states the step at which it was interrupted. A
    /// person can retry the push on any host, immediately or once a pending write has settled.
    pub fn stop(&self) {
        self.engine.stop();
    }

    /// Claims one task of an account that is not listed in `skip`.
    async fn claim(&self, skip: Vec<AccountId>) -> RunEvent {
        // One task at a time, because the lease starts with the claim.
        let (now, lease) = (self.engine.now(), self.engine.config.lease);
        let claim = Claim::new(&KINDS, now, lease, 1).skipping(skip);
        let claimed = self.engine.store().claim_due(&claim).await;
        RunEvent::Claimed(claimed.map(|tasks| tasks.into_iter().next()))
    }

    async fn run_one(&self, task: ClaimedTask) -> RunEvent {
        let span = tracing::info_span!(
            "task",
            id = %task.id,
            kind = task.task.kind().as_str(),
            account = %task.account,
            attempts = task.attempts,
        );
        let done = run(&self.engine, &task).instrument(span.clone()).await;
        span.in_scope(|| match &done {
            Ok(()) => tracing::info!("task finished"),
            Err(error) => {
                tracing::warn!(
                    error = %chain(error),
                    "could not settle the task; it will be claimed again when its lease ends"
                );
            }
        });
        self.ended.notify_waiters();
        RunEvent::Ended(task.account, done)
    }

    /// Waits until a task may be due, but at least for `busy_wait`, because tasks of accounts at
    /// their concurrency limit count as due.
    async fn wait_for_due(&self) -> Result<(), StoreError> {
        let due = async {
            match self.engine.store().next_due(&KINDS).await? {
                Some(at) => {
                    let now = self.engine.now();
                    let wait = at.signed_duration_since(now).to_std().unwrap_or_default();
                    let wait = wait.max(self.engine.config.busy_wait);
                    self.engine.ports.clock().sleep(wait).await;
                    Ok(())
                }
                None => future::pending().await,
            }
        };
        let queued = self.queued.notified().map(Ok);
        future::select(Box::pin(due), Box::pin(queued))
            .await
            .factor_first()
            .0
    }
}

/// Event in [`Background::run_due`].
enum RunEvent {
    Claimed(Result<Option<ClaimedTask>, StoreError>),
    Ended(AccountId, Result<(), StoreError>),
}

#[async_trait]
impl Background for PushService {
    fn name(&self) -> &'static str {
        "push"
    }

    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        // The claim is polled together with the running pushes, which may hold resources that the
        // claim waits for.
        let mut steps: FuturesUnordered<BoxFuture<'_, RunEvent>> = FuturesUnordered::new();
        let mut running_of: BTreeMap<AccountId, usize> = BTreeMap::new();
        let (mut running, mut begun, mut failure) = (0, 0, None);
        let (mut is_claiming, mut nothing_due) = (false, false);
        let config = &self.engine.config;
        loop {
            let has_room =
                failure.is_none() && !self.engine.is_stopping() && running < config.at_once;
            if has_room && !is_claiming && !nothing_due && begun < limit {
                let full = running_of
                    .iter()
                    .filter(|(_, count)| **count >= config.at_once_per_account);
                let skip = full.map(|(account, _)| account.clone()).collect();
                steps.push(self.claim(skip).boxed());
                is_claiming = true;
            }
            if running == 0 && !is_claiming {
                break;
            }
            let (waits, claims) = (has_room && !is_claiming, begun < limit);
            let woken = async {
                match waits {
                    true if claims => self.wait_for_due().await,
                    // A slow push does not delay the next batch.
                    true => {
                        self.engine.ports.clock().sleep(config.busy_wait).await;
                        Ok(())
                    }
                    false => future::pending().await,
                }
            };
            match future::select(steps.next(), Box::pin(woken)).await {
                future::Either::Left((Some(RunEvent::Claimed(claimed)), _)) => {
                    is_claiming = false;
                    match claimed {
                        Ok(Some(task)) => {
                            *running_of.entry(task.account.clone()).or_default() += 1;
                            running += 1;
                            begun += 1;
                            steps.push(self.run_one(task).boxed());
                        }
                        Ok(None) => nothing_due = true,
                        Err(error) => failure = Some(error),
                    }
                }
                future::Either::Left((Some(RunEvent::Ended(account, done)), _)) => {
                    running -= 1;
                    if let Some(count) = running_of.get_mut(&account) {
                        *count = count.saturating_sub(1);
                    }
                    nothing_due = false;
                    failure = failure.or(done.err());
                }
                future::Either::Left((None, _)) => {}
                future::Either::Right((Ok(()), _)) => {
                    nothing_due = false;
                    if !claims {
                        begun = 0;
                    }
                }
                future::Either::Right((Err(error), _)) => failure = Some(error),
            }
        }
        match failure {
            Some(error) => Err(error),
            None if self.engine.is_stopping() => Ok(None),
            None => self.engine.store().next_due(&KINDS).await,
        }
    }

    async fn woken(&self) {
        self.queued.notified().await;
    }
}

impl fmt::Debug for PushService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushService")
            .field("config", &self.engine.config)
            .finish_non_exhaustive()
    }
}

pub(super) const KINDS: [TaskKind; 2] = [TaskKind::Push, TaskKind::StageTest];
