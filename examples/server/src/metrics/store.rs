//! How long the database takes, and what is durably decided in it.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId, Clock, InvitationId,
    settings::KeyDigest,
    store::{
        AccountKey, AccountPage, AccountRecord, Accounts, Applied, Backlog, BudgetClaim,
        BudgetNews, BudgetShare, CandidateHistory, Changes, ClaimedTask, Deliveries, Delivery,
        DeliverySource, DeliveryStatus, Fates, HookUses, Invitation, Invitations, KeyUses, Link,
        Links, LogFilter, LogId, LogKey, LogPage, LogStatus, LoggedEntry, PersonKey, Purge, Push,
        Pushes, RateBudgets, ReportAccess, ReportAccesses, RequestKey, Retention, Store,
        StoreError, StoreErrorKind, StoreWriter, StoredToken, SyncLog, TaskKind, TaskQueue,
        TokenKey, TokenLock, Tokens,
    },
    webhook::Event,
};
use prometheus::{Error, HistogramVec, IntCounterVec};

use super::{make::Make, seconds_since};

#[derive(Debug)]
pub(super) struct StoreMetrics {
    seconds: HistogramVec,
    failures: IntCounterVec,
    outcomes: IntCounterVec,
    deliveries: IntCounterVec,
}

impl StoreMetrics {
    pub(super) fn new(make: &Make<'_>) -> Result<Self, Error> {
        Ok(Self {
            seconds: make.histograms(
                "greenhouse_store_call_seconds",
                "How long calls of the database took",
                &["call"],
                &SECONDS,
            )?,
            failures: make.counters(
                "greenhouse_store_failures_total",
                "Calls of the database that failed: unavailable, corrupt, or dropped where nobody waited any longer",
                &["call", "reason"],
            )?,
            outcomes: make.counters(
                "greenhouse_outcomes_total",
                "What the sync log says was done, skipped or has failed",
                &["subject", "outcome"],
            )?,
            deliveries: make.counters(
                "greenhouse_webhook_deliveries_total",
                "New webhook deliveries, by what became of them",
                &["verdict"],
            )?,
        })
    }
}

/// A store that is watched. It changes nothing of what goes in or out.
pub(super) struct WatchedStore {
    inner: Arc<dyn Store>,
    metrics: Arc<StoreMetrics>,
    clock: Arc<dyn Clock>,
}

impl WatchedStore {
    pub(super) fn new(
        inner: Arc<dyn Store>,
        metrics: Arc<StoreMetrics>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            inner,
            metrics,
            clock,
        }
    }

    async fn watch<T>(
        &self,
        call: &'static str,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let mut running = Running {
            store: self,
            call,
            since: self.clock.now(),
            failure: Some("dropped"),
        };
        let answer = answer.await;
        running.failure = answer.as_ref().err().map(|error| match error.kind() {
            StoreErrorKind::Unavailable => "unavailable",
            StoreErrorKind::Corrupt => "corrupt",
            _ => "other",
        });
        answer
    }

    fn count(&self, decided: &Decided) {
        if let Some(verdict) = decided.verdict {
            let deliveries = &self.metrics.deliveries;
            deliveries.with_label_values(&[verdict]).inc();
        }
        for outcome in &decided.outcomes {
            self.metrics.outcomes.with_label_values(outcome).inc();
        }
    }
}

impl fmt::Debug for WatchedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// A call that is being answered. One that is dropped took time as well.
struct Running<'a> {
    store: &'a WatchedStore,
    call: &'static str,
    since: DateTime<Utc>,
    failure: Option<&'static str>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let WatchedStore { metrics, clock, .. } = self.store;
        let seconds = metrics.seconds.with_label_values(&[self.call]);
        seconds.observe(seconds_since(clock.as_ref(), self.since));
        if let Some(reason) = self.failure {
            let failures = &metrics.failures;
            failures.with_label_values(&[self.call, reason]).inc();
        }
    }
}

/// What changes say, to be counted once they are durable.
struct Decided {
    verdict: Option<&'static str>,
    outcomes: Vec<[&'static str; 2]>,
}

impl Decided {
    fn of(changes: &Changes) -> Self {
        let seen = changes.seen.as_ref();
        let ended = changes.log.iter();
        let ended = ended.filter(|entry| entry.status != LogStatus::Pending);
        Self {
            verdict: seen.map(|seen| seen.verdict.as_str()),
            outcomes: ended
                .map(|entry| [entry.subject.as_str(), entry.status.as_str()])
                .collect(),
        }
    }
}

#[async_trait]
impl StoreWriter for WatchedStore {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        let decided = Decided::of(&changes);
        let apply = self.inner.apply(account, changes);
        let applied = self.watch("StoreWriter::apply", apply).await?;
        if applied == Applied::Applied {
            self.count(&decided);
        }
        Ok(applied)
    }
}

/// Every port but the door for writes, which has its own lines above. A new port or method needs a line here.
macro_rules! ports {
    ($($port:ident { $(fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)* })*) => {
        $(#[async_trait]
        impl $port for WatchedStore {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, StoreError> {
                let call = concat!(stringify!($port), "::", stringify!($name));
                self.watch(call, self.inner.$name($($argument),*)).await
            })*
        })*
    };
}

ports! {
    Accounts {
        fn account(account: &AccountId) -> Option<AccountRecord>;
        fn accounts(after: Option<&AccountId>, limit: usize) -> AccountPage;
        fn account_with_key(key: &AccountKey) -> Option<(AccountId, AccountRecord)>;
        fn account_of_key(key: &AccountKey) -> Option<AccountId>;
    }
    KeyUses {
        fn note_key_use(account: &AccountId, key: &KeyDigest, at: DateTime<Utc>, every: Duration) -> ();
        fn key_uses(account: &AccountId) -> BTreeMap<KeyDigest, DateTime<Utc>>;
    }
    HookUses {
        fn note_hook_use(account: &AccountId, action: &str, at: DateTime<Utc>, every: Duration) -> ();
        fn hook_uses(account: &AccountId) -> BTreeMap<String, DateTime<Utc>>;
    }
    Links {
        fn link(account: &AccountId, assessment: &AssessmentId) -> Option<Link>;
        fn links_to_application(account: &AccountId, application: ApplicationId) -> Vec<Link>;
        fn links_behind(account: &AccountId, after: Option<&AssessmentId>, limit: usize) -> Vec<Link>;
        fn links_to_candidate(account: &AccountId, candidate: CandidateId) -> Vec<Link>;
    }
    Invitations {
        fn invitation(account: &AccountId, id: &InvitationId) -> Option<Invitation>;
        fn invitation_by_request(account: &AccountId, request: &RequestKey) -> Option<Invitation>;
        fn invitation_of_assessment(account: &AccountId, assessment: &AssessmentId) -> Option<Invitation>;
    }
    Pushes {
        fn push(account: &AccountId, assessment: &AssessmentId) -> Option<Push>;
        fn pushes_of_person(account: &AccountId, person: &PersonKey) -> Vec<Push>;
    }
    ReportAccesses {
        fn report_access(account: &AccountId, assessment: &AssessmentId) -> Option<ReportAccess>;
    }
    Fates {
        fn fate(account: &AccountId, candidate: CandidateId) -> Option<CandidateHistory>;
    }
    Deliveries {
        fn last_delivery_at(account: &AccountId) -> Option<DateTime<Utc>>;
        fn heard(account: &AccountId, source: &DeliverySource, event: Option<&Event>) -> (DeliveryStatus, Vec<Link>);
        fn ignored_deliveries(account: &AccountId, candidate: CandidateId, application: ApplicationId) -> Vec<Delivery>;
    }
    TaskQueue {
        fn claim_due(kinds: &[TaskKind], now: DateTime<Utc>, lease: Duration, limit: usize) -> Vec<ClaimedTask>;
        fn next_due(kinds: &[TaskKind]) -> Option<DateTime<Utc>>;
        fn backlog(account: &AccountId, kinds: &[TaskKind]) -> Backlog;
        fn overdue(kinds: &[TaskKind], now: DateTime<Utc>, most: usize) -> BTreeMap<TaskKind, Backlog>;
    }
    SyncLog {
        fn log_page(account: &AccountId, filter: &LogFilter) -> LogPage;
        fn log_entry(account: &AccountId, id: LogId) -> Option<LoggedEntry>;
        fn keyed_log_entry(account: &AccountId, key: &LogKey) -> Option<LoggedEntry>;
    }
    Tokens {
        fn token(account: &AccountId, key: &TokenKey) -> Option<StoredToken>;
        fn lock_token(account: &AccountId, key: &TokenKey, now: DateTime<Utc>, lease: Duration) -> TokenLock;
        fn save_token(account: &AccountId, key: &TokenKey, generation: u64, token: StoredToken) -> Applied;
        fn unlock_token(account: &AccountId, key: &TokenKey, generation: u64) -> ();
    }
    RateBudgets {
        fn take_budget(account: &AccountId, client_id: &str, claim: BudgetClaim) -> BudgetShare;
        fn return_budget(account: &AccountId, client_id: &str, window: DateTime<Utc>, unused: u32) -> ();
        fn note_budget(account: &AccountId, client_id: &str, window: DateTime<Utc>, news: BudgetNews) -> ();
    }
    Retention {
        fn purge(what: Purge, before: DateTime<Utc>, limit: usize) -> usize;
    }
}

const SECONDS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];
