//! A client's share of its credential's rate budget. Every request needs a place in the budget.

mod answer;
mod place;
mod state;
mod turn;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    backfill::WindowUse,
    later,
    store::{BudgetClaim, BudgetReport, Shared, StoreError},
};

use self::{
    state::{BudgetState, Step},
    turn::{Turns, Wait},
};
use super::server_time::ServerTime;

pub(super) use self::{answer::Rate, place::Place};

/// Assigns places to a client's calls in order of arrival. The store, which all clients with the
/// same credential share, counts the places.
///
/// Claims several places from the store at once, so that most calls need no store access. Unused
/// places expire with their window. A dropped caller leaves the queue or returns its place.
pub(super) struct Budget {
    account: AccountId,
    client_id: String,
    store: Arc<dyn Shared>,
    time: Arc<ServerTime>,
    poll: Duration,
    turns: Turns,
    state: Mutex<BudgetState>,
}

/// Reason why a caller received no place.
#[derive(Debug)]
pub(super) enum NoPlace {
    /// No place becomes free within the caller's patience.
    Limited { retry_after: Duration },
    /// The store failed to count the places.
    Store(StoreError),
}

impl From<StoreError> for NoPlace {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Budget {
    pub(super) fn new(
        account: AccountId,
        client_id: String,
        store: Arc<dyn Shared>,
        time: Arc<ServerTime>,
        poll: Duration,
        is_sparing: bool,
    ) -> Self {
        Self {
            account,
            client_id,
            store,
            time,
            poll,
            turns: Turns::default(),
            state: Mutex::new(BudgetState::new(is_sparing)),
        }
    }

    /// Waits at most `patience` for a place for one request. Fails immediately if the wait would
    /// certainly be longer.
    pub(super) async fn enter(&self, patience: Duration) -> Result<Place<'_>, NoPlace> {
        let clock = self.time.clock();
        let deadline = later(clock.now(), patience);
        let _waiting = Waiting::new(self);
        let turn = self.turns.next(clock, deadline).await;
        let _turn = turn.map_err(|wait| self.limited(wait))?;
        loop {
            let step = self.state().step(&self.time);
            let wait = match step {
                Step::Go { window } => return Ok(Place::new(self, window)),
                Step::Claim(claim) => match self.claim(claim).await? {
                    Some(wait) => wait,
                    None => continue,
                },
                Step::Wait(wait) => wait,
            };
            let waited = self.turns.wait(clock, wait, self.poll, deadline).await;
            waited.map_err(|wait| self.limited(wait))?;
        }
    }

    /// Returns the use of the current window by all senders, with times on the host's clock.
    pub(super) async fn window_use(&self) -> Result<WindowUse, StoreError> {
        let server_now = self.time.earliest();
        let window = answer::window_of(server_now);
        let claim = BudgetClaim::new(window, 0, server_now);
        let share = self
            .store
            .take_budget(&self.account, &self.client_id, claim);
        let share = share.await?;
        let now = self.time.clock().now();
        let held = share.held_until.map(|end| end - server_now);
        let held = held.and_then(|left| left.to_std().ok());
        Ok(WindowUse {
            limit: share.limit.unwrap_or(state::ASSUMED_LIMIT),
            used: if share.window == window {
                share.used
            } else {
                0
            },
            ends_at: later(now, state::rest_of_window(&self.time)),
            held_until: held.map(|left| later(now, left)),
        })
    }

    async fn claim(&self, claim: BudgetClaim) -> Result<Option<Wait>, StoreError> {
        let taken = self
            .store
            .take_budget(&self.account, &self.client_id, claim);
        let share = taken.await?;
        let known = self.time.is_known();
        let report = {
            let mut state = self.state();
            let report = state.missing(claim, share, known);
            if report.is_none() {
                return Ok(state.receive(claim, share, &self.time));
            }
            report
        };
        self.note(claim.window, report.unwrap_or_default()).await?;
        Ok(None)
    }

    async fn note(&self, window: DateTime<Utc>, report: BudgetReport) -> Result<(), StoreError> {
        let noted = self
            .store
            .note_budget(&self.account, &self.client_id, window, report);
        noted.await
    }

    /// Returns the error. If the wait is unknown, `retry_after` is the remaining time of the
    /// window.
    fn limited(&self, wait: Option<Duration>) -> NoPlace {
        NoPlace::Limited {
            retry_after: wait.unwrap_or_else(|| state::rest_of_window(&self.time)),
        }
    }

    fn state(&self) -> MutexGuard<'_, BudgetState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Guard that counts a caller as waiting for a place until it is dropped.
struct Waiting<'a>(&'a Budget);

impl<'a> Waiting<'a> {
    fn new(budget: &'a Budget) -> Self {
        let mut state = budget.state();
        state.waiting = state.waiting.saturating_add(1);
        Self(budget)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.waiting = state.waiting.saturating_sub(1);
    }
}
