//! A client's place in the rate budget of its credential: nothing is sent without one.

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
    AccountId, later,
    store::{BudgetClaim, BudgetNews, Shared, StoreError},
};

use self::{
    state::{State, Step},
    turn::{Turns, Wait},
};
use super::server_time::ServerTime;

pub(super) use self::{answer::Rate, place::Place};

/// Gives the calls of one client their places, first come, first served, and counts them in the store that all clients
/// of the credential share.
///
/// Shares are taken from the store a few at a time, so that most calls do not ask it. What is left of one dies with its
/// window. A caller that is dropped leaves the queue, or gives its place back.
pub(super) struct Budget {
    account: AccountId,
    client_id: String,
    store: Arc<dyn Shared>,
    time: Arc<ServerTime>,
    poll: Duration,
    turns: Turns,
    state: Mutex<State>,
}

/// Why a caller got no place.
#[derive(Debug)]
pub(super) enum NoPlace {
    /// The next one is further away than the caller waits.
    Limited { retry_after: Duration },
    /// The store cannot count.
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
    ) -> Self {
        Self {
            account,
            client_id,
            store,
            time,
            poll,
            turns: Turns::default(),
            state: Mutex::default(),
        }
    }

    /// A place for one request, after a wait of at most `patience`. Whoever would certainly wait longer is told at once.
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

    async fn claim(&self, claim: BudgetClaim) -> Result<Option<Wait>, StoreError> {
        let taken = self
            .store
            .take_budget(&self.account, &self.client_id, claim);
        let share = taken.await?;
        let known = self.time.is_known();
        let news = {
            let mut state = self.state();
            let news = state.missing(claim, share, known);
            if news.is_none() {
                return Ok(state.receive(claim, share, &self.time));
            }
            news
        };
        self.note(claim.window, news.unwrap_or_default()).await?;
        Ok(None)
    }

    async fn note(&self, window: DateTime<Utc>, news: BudgetNews) -> Result<(), StoreError> {
        let noted = self
            .store
            .note_budget(&self.account, &self.client_id, window, news);
        noted.await
    }

    /// What is certain of the wait, else the rest of the window.
    fn limited(&self, wait: Option<Duration>) -> NoPlace {
        NoPlace::Limited {
            retry_after: wait.unwrap_or_else(|| state::rest_of_window(&self.time)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts its caller among those who wait for a place.
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
