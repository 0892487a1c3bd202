use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::state::State;

/// Past states, for lists that lag. Recorded only while a lag is configured, because each change
/// copies the state.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// The longest lag to support.
    lag: Option<TimeDelta>,
    /// Past states in order of time, starting with the oldest.
    states: VecDeque<(DateTime<Utc>, Arc<State>)>,
}

impl History {
    /// Supports lists that lag by at most `seconds` seconds. 0 drops the history.
    pub(crate) fn set_lag(&mut self, seconds: u32, present: &State) {
        if seconds == 0 {
            *self = Self::default();
            return;
        }
        self.lag = Some(TimeDelta::seconds(seconds.into()));
        if self.states.is_empty() {
            self.states
                .push_back((DateTime::<Utc>::MIN_UTC, Arc::new(present.clone())));
        }
    }

    /// Records a changed state. Changes at the same time are recorded once.
    pub(crate) fn record(&mut self, now: DateTime<Utc>, changed: &State) {
        let Some(lag) = self.lag else {
            return;
        };
        if self.states.back().is_some_and(|(at, _)| *at == now) {
            self.states.pop_back();
        }
        self.states.push_back((now, Arc::new(changed.clone())));
        let shown = now.checked_sub_signed(lag).unwrap_or(now);
        while self.states.get(1).is_some_and(|(at, _)| *at <= shown) {
            self.states.pop_front();
        }
    }

    /// Returns the state at the time `at`, or else the oldest state. Returns `None` if the history
    /// is empty.
    pub(crate) fn as_of(&self, at: DateTime<Utc>) -> Option<Arc<State>> {
        let known = self.states.iter().rev().find(|(then, _)| *then <= at);
        known
            .or(self.states.front())
            .map(|(_, state)| Arc::clone(state))
    }
}
