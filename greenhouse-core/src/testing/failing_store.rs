use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    future::poll_fn,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId,
    settings::KeyDigest,
    store::{
        AccountKey, AccountPage, AccountRecord, Accounts, Applied, Backlog, BudgetClaim,
        BudgetNews, BudgetShare, CandidateHistory, Changes, ClaimedTask, Deliveries, Delivery,
        DeliverySource, DeliveryStatus, Fates, HookUses, Invitation, Invitations, KeyUses, Link,
        Links, LogFilter, LogId, LogKey, LogPage, LoggedEntry, PersonKey, Purge, Push, Pushes,
        RateBudgets, ReportAccess, ReportAccesses, RequestKey, Retention, Store, StoreError,
        StoreWriter, StoredToken, SyncLog, TaskKind, TaskQueue, TokenKey, TokenLock, Tokens,
    },
    webhook::Event,
};

/// A store around another one that fails where a test says so, and counts how often it is called.
///
/// Without a plan it passes everything on. A sweep runs a story once to see which [`faults`](Self::faults) it can meet, and
/// then once for each of them.
#[derive(Debug)]
pub struct FailingStore {
    inner: Arc<dyn Store>,
    yields: bool,
    remembers: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<&'static str>,
    fault: Option<StoreFault>,
    failed: Option<&'static str>,
    next_applies: VecDeque<NextApply>,
    applied: Vec<Changes>,
}

impl FailingStore {
    /// A store that passes everything on until it is told otherwise.
    pub fn around(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            yields: false,
            remembers: false,
            state: Mutex::default(),
        }
    }

    /// The store, letting others go first at every call, so that two hosts in one thread meet between any two calls.
    #[must_use]
    pub fn yielding(self) -> Self {
        Self {
            yields: true,
            ..self
        }
    }

    /// The store, remembering what is given to its door: no port reads it all back.
    #[must_use]
    pub fn remembering(self) -> Self {
        Self {
            remembers: true,
            ..self
        }
    }

    /// What a remembering store was given since this was asked last, in order and whatever became of it.
    pub fn given(&self) -> Vec<Changes> {
        mem::take(&mut self.state().applied)
    }

    /// Counts from zero again, and lets the call fail that the fault names; none for no call.
    pub fn plan(&self, fault: Option<StoreFault>) {
        let mut state = self.state();
        state.calls.clear();
        state.failed = None;
        state.fault = fault;
    }

    /// Ends an outage that has begun; a plan that waits for its call goes on waiting.
    pub fn heal(&self) {
        let mut state = self.state();
        if state.failed.is_some() {
            state.fault = None;
        }
    }

    /// The calls since the plan was made, over all ports and the failed one included, as `Port::method`.
    pub fn calls(&self) -> Vec<&'static str> {
        self.state().calls.clone()
    }

    /// Every fault that the calls since the plan was made can meet.
    pub fn faults(&self) -> Vec<StoreFault> {
        let mut faults = Vec::new();
        for (at, method) in self.state().calls.iter().enumerate() {
            for how in [Failure::Before, Failure::After, Failure::Conflict] {
                if how == Failure::Conflict && *method != APPLY {
                    continue;
                }
                let call = at + 1;
                let fault = StoreFault {
                    call,
                    how,
                    lasts: false,
                };
                faults.push(fault);
                if how != Failure::Conflict {
                    let lasts = true;
                    faults.push(StoreFault { lasts, ..fault });
                }
            }
        }
        faults
    }

    /// The call that failed by plan, as `Port::method`; none while none has.
    pub fn failed(&self) -> Option<&'static str> {
        self.state().failed
    }

    /// What happens to the next applies, in order, without regard to the plan.
    pub fn next_applies(&self, next: impl IntoIterator<Item = NextApply>) {
        self.state().next_applies.extend(next);
    }

    async fn call<T>(
        &self,
        method: &'static str,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.let_others_go_first().await;
        match self.count(method) {
            None | Some(Failure::Conflict) => call.await,
            Some(Failure::Before) => Err(down()),
            Some(Failure::After) => {
                call.await?;
                Err(down())
            }
        }
    }

    async fn let_others_go_first(&self) {
        let mut waited = !self.yields;
        poll_fn(|context| {
            if mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    fn count(&self, method: &'static str) -> Option<Failure> {
        let mut state = self.state();
        state.calls.push(method);
        let fault = state.fault?;
        match state.failed {
            None if fault.call == state.calls.len() => {
                state.failed = Some(method);
                Some(fault.how)
            }
            Some(_) if fault.lasts => Some(Failure::Before),
            _ => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that goes wrong, alone or with all that come after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreFault {
    /// Which call, counted from one over all ports.
    pub call: usize,
    /// How it goes wrong.
    pub how: Failure,
    /// Whether all later calls fail, too, before they reach the store, until [`FailingStore::heal`].
    pub lasts: bool,
}

impl fmt::Display for StoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match self.how {
            Failure::Before => "fails before it reaches the store",
            Failure::After => "fails after it was carried out",
            Failure::Conflict => "is a conflict",
        };
        let lasts = if self.lasts {
            ", and all later ones fail"
        } else {
            ""
        };
        write!(f, "call {} {how}{lasts}", self.call)
    }
}

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// [`StoreErrorKind::Unavailable`](crate::store::StoreErrorKind::Unavailable), before it reaches the store.
    Before,
    /// [`StoreErrorKind::Unavailable`](crate::store::StoreErrorKind::Unavailable), after the store has carried it out: only
    /// the answer is lost.
    After,
    /// An apply is answered with [`Applied::Conflict`] though no record has changed, as a database does that gives up one
    /// of two transactions. Any other call goes well.
    Conflict,
}

/// What happens to the next apply.
#[derive(Debug, Clone, Copy)]
pub enum NextApply {
    /// It goes wrong.
    Fails(Failure),
    /// It is answered so, and nothing is written.
    Answers(Applied),
    /// Somebody else is faster: what this makes of the changes is applied before them.
    Overtaken(fn(&Changes) -> Changes),
}

#[async_trait]
impl StoreWriter for FailingStore {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        self.let_others_go_first().await;
        if self.remembers {
            self.state().applied.push(changes.clone());
        }
        let next = self.state().next_applies.pop_front();
        let how = match next {
            None => self.count(APPLY),
            Some(NextApply::Fails(how)) => Some(how),
            Some(NextApply::Answers(answer)) => return Ok(answer),
            Some(NextApply::Overtaken(faster)) => {
                let _ = self.inner.apply(account, faster(&changes)).await?;
                None
            }
        };
        match how {
            None => self.inner.apply(account, changes).await,
            Some(Failure::Conflict) => Ok(Applied::Conflict),
            Some(Failure::Before) => Err(down()),
            Some(Failure::After) => {
                let _ = self.inner.apply(account, changes).await?;
                Err(down())
            }
        }
    }
}

/// Every port but the door for writes, which has its own lines above. A new port or method needs a line here.
macro_rules! ports {
    ($($port:ident { $(fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)* })*) => {
        impl FailingStore {
            /// All methods of all ports, as `Port::method`.
            pub const METHODS: &[&str] = &[
                APPLY,
                $($(concat!(stringify!($port), "::", stringify!($name)),)*)*
            ];
        }

        $(#[async_trait]
        impl $port for FailingStore {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, StoreError> {
                let method = concat!(stringify!($port), "::", stringify!($name));
                self.call(method, self.inner.$name($($argument),*)).await
            })*
        })*
    };
}

ports! {
    Accounts {
        fn account(account: &AccountId) -> Option<AccountRecord>;
        fn accounts(after: Option<&AccountId>, limit: usize) -> AccountPage;
        fn account_of_key(key: &AccountKey) -> Option<AccountId>;
        fn account_with_key(key: &AccountKey) -> Option<(AccountId, AccountRecord)>;
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

fn down() -> StoreError {
    StoreError::unavailable("failed as planned")
}

const APPLY: &str = "StoreWriter::apply";
