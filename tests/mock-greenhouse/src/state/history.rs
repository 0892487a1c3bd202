use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::state::State;

/// Past states, for lists that lag. Recorded only while a lag is configured, since each change
/// costs a copy.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// The longest lag to support.
    lag: Option<TimeDelta>,
    /// In order of time. The first is the state before the others.
    kept: VecDeque<(DateTime<Utc>, Arc<State>)>,
}

impl History {
    /// Supports lists that lag by at most `seconds`; 0 drops the history.
    pub(crate) fn remember(&mut self, seconds: u32, present: &State) {
        if seconds == 0 {
            *self = Self::default();
            return;
        }
        self.lag = Some(TimeDelta::seconds(seconds.into()));
        if self.kept.is_empty() {
            self.kept
                .push_back((DateTime::<Utc>::MIN_UTC, Arc::new(present.clone())));
        }
    }

    /// Records a changed state. Changes at the same time are recorded once.
    pub(crate) fn note(&mut self, now: DateTime<Utc>, changed: &State) {
        let Some(lag) = self.lag else {
            return;
        };
        if self.kept.back().is_some_and(|(at, _)| *at == now) {
            self.kept.pop_back();
        }
        self.kept.push_back((now, Arc::new(changed.clone())));
        let shown = now.checked_sub_signed(lag).unwrap_or(now);
        while self.kept.get(1).is_some_and(|(at, _)| *at <= shown) {
            self.kept.pop_front();
        }
    }

    /// The state at the time `at`, or the oldest one. `None` without a history.
    pub(crate) fn as_of(&self, at: DateTime<Utc>) -> Option<Arc<State>> {
        let known = self.kept.iter().rev().find(|(then, _)| *then <= at);
        known
            .or(self.kept.front())
            .map(|(_, state)| Arc::clone(state))
    }
}
