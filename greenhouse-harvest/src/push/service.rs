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

use super::{PushConfig, diagnosis, engine::Engine, run::run, settings::PushSettingsService};
use crate::HarvestClients;

/// The push of all accounts: one completed assessment becomes one candidate, one application, one report, one scorecard.
///
/// A push is a record with a journal. Every write to Greenhouse is journalled before and after, so that a push which was
/// interrupted at any point continues, when a person retries, after the last step that is known to be done; a write whose
/// outcome is unknown is looked up before anything is written again. A request is durable before it is answered, and done
/// by [`Background::run_due`], on any host. A failed push is never retried by itself.
///
/// A host works on several pushes at once ([`PushConfig::at_once`]), and on few of one account
/// ([`PushConfig::at_once_per_account`]), so that an account that waits for its rate limit delays no other. It works on one
/// push of a person at a time.
///
/// If an account has its webhooks switched on, each link leaves a task for `PartnerService`: a host must run its background
/// tasks too, on the same store. Health warns if no host does.
///
/// What happens to people and applications in special states:
///
/// | in Greenhouse, or in the product | what the push does |
/// |---|---|
/// | no candidate has the e-mail address | creates the candidate, with the application |
/// | one person has it, in any letter case | goes to that candidate |
/// | several have it | writes nothing; the entry lists them, and a person's retry names one (`several_candidates`) |
/// | another assessment of the person was pushed before | goes to the same candidate; on the same job to the same application |
/// | the candidate was merged into another | goes to the one that remained |
/// | the candidate was deleted | looks for the address again |
/// | the person's data was erased | writes nothing, now or later (`erased`), also of the person's other pushes. An assessment of theirs that was never pushed is not known here, and pushed like any other |
/// | a private candidate whom the reader may not see | is not found, and so created a second time: the one case in which that can happen. Health names the permission that prevents it |
/// | an application on the mapped job | goes there; it is not moved, unless the account asks for it and the mapped stage lies ahead |
/// | that application is rejected or hired, as far as is known | writes nothing more (`application_rejected`, `application_hired`) |
/// | the application was deleted after the push | writes nothing (`application_deleted`) |
/// | the assessment came in through Greenhouse | goes to the application of its invitation, without a mapping; no trigger pushes it |
/// | no user who reads is a Site Admin | creates nothing (`reader_blind`): an empty list would prove nothing |
/// | the mapped job is hidden from the reader | creates no application (`job_hidden`) |
/// | the product has no e-mail address | refused (`no_email`): it cannot be known if the person is there |
/// | the person has one name only | that is the first name, and the last name is `-`: Greenhouse asks for both |
/// | the person has no name at all | refused (`no_name`) |
/// | the address changes in the product while a write is unknown | refused (`email_changed`): the person may be there under the earlier one |
/// | the product or a step panics five times before the first write | failed (`product_panicked`) |
///
/// # The scorecard
///
/// It is written as a scorecard of Greenhouse, with the traits as ratings of the job's attributes, if the credential has the
/// restricted scopes (`harvest:scorecards:create`, `harvest:scorecard_candidate_attributes:create`, and the lists that belong
/// to them), the job has an interview kit, and of the traits, if there are any, at least one has an attribute of its name. The
/// bodies of these two writes are not public: they have the members of the rows that are read (inferred). The text of the
/// scorecard says everything, also of traits without an attribute. Otherwise, and if Greenhouse refuses it, a note says the
/// same. The sync log says which way was taken, and why.
pub struct PushService {
    pub(super) engine: Arc<Engine>,
    /// A task was queued in this process.
    pub(super) queued: Notify,
    /// A push has ended in this process.
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
    /// Harvest clients to share with other services. Default: clients of its own.
    pub fn clients(mut self, clients: Arc<HarvestClients>) -> Self {
        self.clients = Some(clients);
        self
    }

    /// Waits and limits.
    pub fn config(mut self, config: PushConfig) -> Self {
        self.config = config;
        self
    }

    /// Builds the service.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if a value of the configuration cannot work.
    pub fn build(self) -> Result<PushService, BuildError> {
        self.config.check()?;
        let clients = match self.clients {
            Some(clients) => clients,
            None => Arc::new(HarvestClients::builder(&self.ports).build()?),
        };
        Ok(PushService {
            engine: Arc::new(Engine::new(self.ports, clients, self.config)),
            queued: Notify::new(),
            ended: Notify::new(),
        })
    }
}

impl PushService {
    /// Starts from the ports.
    pub fn builder(ports: &Ports) -> PushServiceBuilder {
        PushServiceBuilder {
            ports: ports.clone(),
            clients: None,
            config: PushConfig::default(),
        }
    }

    /// The push settings of the same accounts.
    pub fn settings(&self) -> PushSettingsService {
        PushSettingsService::new(Arc::clone(&self.engine))
    }

    /// Health checks that need the store alone.
    pub async fn checks_of_store(&self, account: &AccountId) -> Vec<Check> {
        diagnosis::health::checks_of_store(&self.engine, account).await
    }

    /// Begins nothing new from now on, since the host is being stopped. A running push ends before its next write, and at the
    /// latest after [`PushConfig::stop_grace`]; it reads as failed, says where it was interrupted, and a person can retry it
    /// on any host: at once, or if a write was under way once it is settled. Queued pushes stay queued. There is no way back.
    pub fn stop(&self) {
        self.engine.stop();
    }

    /// Claims one task, except of these accounts.
    async fn claim(&self, skip: Vec<AccountId>) -> Step {
        // One at a time: a lease runs from the claim, not from the start.
        let (now, lease) = (self.engine.now(), self.engine.config.lease);
        let claim = Claim::new(&KINDS, now, lease, 1).skipping(skip);
        let claimed = self.engine.store().claim_due(&claim).await;
        Step::Claimed(claimed.map(|tasks| tasks.into_iter().next()))
    }

    async fn run_one(&self, task: ClaimedTask) -> Step {
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
                tracing::warn!(error = %chain(error), "task could not be settled, and is claimed again when its lease ends");
            }
        });
        self.ended.notify_waiters();
        Step::Ended(task.account, done)
    }

    /// Waits until a task may be due. Tasks of accounts that have their share in hand count as due, so the wait has a least
    /// length.
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

/// What has happened in [`Background::run_due`].
enum Step {
    Claimed(Result<Option<ClaimedTask>, StoreError>),
    Ended(AccountId, Result<(), StoreError>),
}

#[async_trait]
impl Background for PushService {
    fn name(&self) -> &'static str {
        "push"
    }

    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        // A claim is polled together with the running pushes: they may hold what it waits for.
        let mut steps: FuturesUnordered<BoxFuture<'_, Step>> = FuturesUnordered::new();
        let mut in_hand: BTreeMap<AccountId, usize> = BTreeMap::new();
        let (mut running, mut begun, mut failure) = (0, 0, None);
        let (mut is_claiming, mut nothing_due) = (false, false);
        let config = &self.engine.config;
        loop {
            let has_room =
                failure.is_none() && !self.engine.is_stopping() && running < config.at_once;
            if has_room && !is_claiming && !nothing_due && begun < limit {
                let full = in_hand
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
                    // A push that takes long does not hold up the next batch.
                    true => {
                        self.engine.ports.clock().sleep(config.busy_wait).await;
                        Ok(())
                    }
                    false => future::pending().await,
                }
            };
            match future::select(steps.next(), Box::pin(woken)).await {
                future::Either::Left((Some(Step::Claimed(claimed)), _)) => {
                    is_claiming = false;
                    match claimed {
                        Ok(Some(task)) => {
                            *in_hand.entry(task.account.clone()).or_default() += 1;
                            running += 1;
                            begun += 1;
                            steps.push(self.run_one(task).boxed());
                        }
                        Ok(None) => nothing_due = true,
                        Err(error) => failure = Some(error),
                    }
                }
                future::Either::Left((Some(Step::Ended(account, done)), _)) => {
                    running -= 1;
                    if let Some(count) = in_hand.get_mut(&account) {
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

pub(super) const KINDS: [TaskKind; 1] = [TaskKind::Push];
