use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use async_trait::async_trait;

use crate::{
    AccountId,
    store::{Applied, Changes, Store, StoreError, StoreWriter},
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

crate::forward_store!(Records, TaskQueue, SyncLog, Shared, Housekeeping for FailingStore => call(inner));

fn down() -> StoreError {
    StoreError::unavailable("failed as planned")
}

const APPLY: &str = "StoreWriter::apply";
