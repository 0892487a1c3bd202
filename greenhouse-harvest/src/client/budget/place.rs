use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{TransportError, chain, later, store::StoreError};
use http::Response;

use super::{
    Budget,
    answer::{Answer, Rate},
};

/// Permission to send one request. If a place is dropped before its request is sent, the next
/// caller receives it.
#[must_use]
pub(crate) struct Place<'a> {
    budget: &'a Budget,
    window: DateTime<Utc>,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Given,
    Sent,
    Settled,
}

impl<'a> Place<'a> {
    pub(super) fn new(budget: &'a Budget, window: DateTime<Utc>) -> Self {
        Self {
            budget,
            window,
            stage: Stage::Given,
        }
    }

    /// Marks the request as possibly counted. Its exchange ends within `deadline`.
    pub(crate) fn sending(&mut self, deadline: Duration) {
        let end = later(self.budget.time.clock().now(), deadline);
        self.budget.state().first_ends = Some(end);
        self.stage = Stage::Sent;
    }

    /// Settles the place according to the request's result. Returns the rate limit that the
    /// response reported, if any.
    pub(crate) async fn settle(
        mut self,
        sent: &Result<Response<Bytes>, TransportError>,
    ) -> Option<Rate> {
        let now = self.budget.time.earliest();
        let answer = sent
            .as_ref()
            .ok()
            .map(|response| Answer::read(response, now));
        let counted = match (sent, answer) {
            (_, Some(answer)) => answer.counted,
            (Err(error), None) => error.may_have_been_sent(),
            (Ok(_), None) => true,
        };
        if !counted {
            self.release().await;
            return None;
        }
        let answered = answer.is_some();
        let answer = answer.unwrap_or(Answer::NONE);
        let report = self.budget.state().learn(answer, self.window);
        let mut limit = None;
        if let Some(report) = report {
            let window = answer.window.unwrap_or(self.window);
            warn_of(self.budget.note(window, report).await);
            limit = report.limit;
        }
        self.stage = Stage::Settled;
        self.budget.state().end(limit, answered);
        self.budget.turns.free();
        answer.rate
    }

    /// Returns the place to the next caller of this client, or to all clients if no caller is
    /// waiting.
    async fn release(&mut self) {
        let budget = self.budget;
        self.stage = Stage::Settled;
        let stays = {
            let mut state = budget.state();
            let stays = state.waiting > 0 || !state.is_in(self.window);
            if stays {
                state.take_back();
            } else {
                state.leave();
            }
            stays
        };
        if stays {
            budget.turns.free();
        } else {
            let store = &budget.store;
            let returned = store.return_budget(&budget.account, &budget.client_id, self.window, 1);
            warn_of(returned.await);
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        match self.stage {
            Stage::Given => state.take_back(),
            Stage::Sent => state.end(None, false),
            Stage::Settled => return,
        }
        drop(state);
        self.budget.turns.free();
    }
}

/// Logs a failure of the store. The call itself has succeeded or failed without the store, so it
/// cannot return this error.
fn warn_of(noted: Result<(), StoreError>) {
    if let Err(error) = noted {
        tracing::warn!(error = %chain(&error), "could not record the rate budget in the store");
    }
}
