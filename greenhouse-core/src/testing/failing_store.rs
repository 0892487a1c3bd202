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

/// Store wrapper that fails on demand and records calls.
///
/// Without a plan, it forwards everything. A [`sweep`](super::sweep()) runs a scenario once to
/// collect its possible [`faults`](Self::faults), and then once for each of them.
#[derive(Debug)]
pub struct FailingStore {
    inner: Arc<dyn Store>,
    yields: bool,
    records: bool,
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
    /// Creates a wrapper that forwards everything until a fault is planned.
    pub fn around(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            yields: false,
            records: false,
            state: Mutex::default(),
        }
    }

    /// Yields to other tasks at every call, so that two hosts in one thread interleave at every
    /// call.
    #[must_use]
    pub fn yielding(self) -> Self {
        Self {
            yields: true,
            ..self
        }
    }

    /// Records the applied changes, which no port can read back completely.
    #[must_use]
    pub fn recording(self) -> Self {
        Self {
            records: true,
            ..self
        }
    }

    /// Returns the changes passed to [`apply`](StoreWriter::apply) since the last call of this
    /// method, in order and regardless of their outcome. Empty without
    /// [`recording`](Self::recording).
    pub fn take_applied(&self) -> Vec<Changes> {
        mem::take(&mut self.state().applied)
    }

    /// Resets the recorded calls and plans this fault. `None` plans no fault.
    pub fn plan(&self, fault: Option<StoreFault>) {
        let mut state = self.state();
        state.calls.clear();
        state.failed = None;
        state.fault = fault;
    }

    /// Ends an outage that has started. A fault whose call has not been made yet stays planned.
    pub fn heal(&self) {
        let mut state = self.state();
        if state.failed.is_some() {
            state.fault = None;
        }
    }

    /// The calls to all ports since the last [`plan`](Self::plan), as `Port::method`, including the
    /// failed one.
    pub fn calls(&self) -> Vec<&'static str> {
        self.state().calls.clone()
    }

    /// Every fault that could occur in the calls since the last [`plan`](Self::plan).
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

    /// The call that failed as planned, as `Port::method`. `None` if none has.
    pub fn failed(&self) -> Option<&'static str> {
        self.state().failed
    }

    /// Sets the outcomes of the next applies, in order. They take precedence over the plan.
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

/// Fault in one call, or in that call and all later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreFault {
    /// Number of the call, counted from one across all ports.
    pub call: usize,
    /// Kind of failure.
    pub how: Failure,
    /// `true` if all later calls fail too, before they reach the store, until
    /// [`FailingStore::heal`].
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

/// Kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// [`StoreErrorKind::Unavailable`](crate::store::StoreErrorKind::Unavailable), before the call
    /// reaches the store.
    Before,
    /// [`StoreErrorKind::Unavailable`](crate::store::StoreErrorKind::Unavailable), after the store
    /// has carried out the call.
    After,
    /// An apply returns [`Applied::Conflict`] although no record has changed, like a database that
    /// aborts one of two transactions. Other calls succeed.
    Conflict,
}

/// Outcome of the next apply.
#[derive(Debug, Clone, Copy)]
pub enum NextApply {
    /// Fails in this way.
    Fails(Failure),
    /// Returns this outcome without writing.
    Returns(Applied),
    /// Another host writes first: the changes that this function returns are applied before the
    /// given ones.
    AfterAnother(fn(&Changes) -> Changes),
}

#[async_trait]
impl StoreWriter for FailingStore {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        self.let_others_go_first().await;
        if self.records {
            self.state().applied.push(changes.clone());
        }
        let next = self.state().next_applies.pop_front();
        let how = match next {
            None => self.count(APPLY),
            Some(NextApply::Fails(how)) => Some(how),
            Some(NextApply::Returns(answer)) => return Ok(answer),
            Some(NextApply::AfterAnother(other)) => {
                let _ = self.inner.apply(account, other(&changes)).await?;
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
