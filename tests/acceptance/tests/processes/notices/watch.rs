//! Every completion call as it reached Greenhouse: when, about which test, and from which host.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use mock_greenhouse::{Direction, Exchange, MockGreenhouse};

pub(super) struct Watch {
    /// The number of the last exchange before the first that may not have been answered.
    seen: u64,
    calls: BTreeMap<u64, Call>,
}

#[derive(Debug, Clone)]
struct Call {
    at: DateTime<Utc>,
    test: String,
    host: String,
    status: Option<u16>,
}

impl Watch {
    pub(super) fn of(greenhouse: &MockGreenhouse) -> Self {
        let seen = greenhouse.exchanges().last().map_or(0, |last| last.number);
        Self {
            seen,
            calls: BTreeMap::new(),
        }
    }

    /// Looks what has happened meanwhile. What is not answered yet is looked at again.
    pub(super) async fn look(&mut self, greenhouse: &MockGreenhouse) {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let exchanges = greenhouse.exchanges_since(self.seen.saturating_sub(LOOK_BACK));
        for exchange in exchanges {
            self.seen = self.seen.max(exchange.number);
            if let Some(call) = Call::of(&exchange) {
                self.calls.insert(exchange.number, call);
            }
        }
    }

    /// Waits until this host holds calls that Greenhouse does not answer. About which tests they are.
    pub(super) async fn until_held_by(
        &mut self,
        greenhouse: &MockGreenhouse,
        host: &str,
    ) -> Vec<String> {
        for _ in 0..1_000 {
            self.look(greenhouse).await;
            let now = greenhouse.clock().now();
            let is_held = |call: &&Call| {
                let age = now - call.at;
                call.host == host && call.status.is_none() && HELD.contains(&age.num_milliseconds())
            };
            let held: Vec<String> = self
                .calls
                .values()
                .filter(is_held)
                .map(|call| call.test.clone())
                .collect();
            if !held.is_empty() {
                return held;
            }
        }
        panic!("the host comes to hold nothing");
    }

    /// That whoever told of a test did so after the last one had ended, with the wait in between, and nobody after it was
    /// taken, but for the one who could not note it any more.
    pub(super) fn assert_never_two_at_once(&self, wait: TimeDelta, killed: &str) {
        for (test, calls) in self.by_test() {
            for pair in calls.windows(2) {
                let between = pair[1].at - pair[0].at;
                assert!(between >= wait, "test {test} at once: {calls:#?}");
                let taken = pair[0].status.is_some_and(|status| status < 300);
                assert!(!taken || pair[0].host == killed, "{test}: {calls:#?}");
            }
        }
    }

    /// How long after the last call of this host another told of the test.
    pub(super) fn taken_over_after(&self, test: &str, killed: &str) -> TimeDelta {
        let calls = || self.calls.values().filter(|call| call.test == test);
        let held = calls().rfind(|call| call.host == killed).unwrap();
        let taken_over = calls().find(|call| call.host != killed && call.at > held.at);
        let taken_over = taken_over.unwrap_or_else(|| panic!("test {test} was never told again"));
        taken_over.at - held.at
    }

    pub(super) fn hosts(&self) -> BTreeSet<String> {
        self.calls.values().map(|call| call.host.clone()).collect()
    }

    /// How many there were, and how many of them were not answered with a success.
    pub(super) fn calls(&self) -> (usize, usize) {
        let failed = |call: &&Call| call.status.is_none_or(|status| status >= 300);
        let failed = self.calls.values().filter(failed).count();
        (self.calls.len(), failed)
    }

    fn by_test(&self) -> BTreeMap<&str, Vec<&Call>> {
        let mut tests: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
        for call in self.calls.values() {
            tests.entry(&call.test).or_default().push(call);
        }
        tests
    }
}

impl Call {
    fn of(exchange: &Exchange) -> Option<Self> {
        if exchange.direction != Direction::Inbound || exchange.method != "PATCH" {
            return None;
        }
        let (_, test) = exchange.url.rsplit_once('/')?;
        let mut headers = exchange.request_headers.iter();
        let (_, host) = headers.find(|(name, _)| name == "user-agent")?;
        Some(Self {
            at: exchange.at,
            test: test.to_owned(),
            host: host.clone(),
            status: exchange.status,
        })
    }
}

/// More than can be under way at once, with what Greenhouse asks meanwhile.
const LOOK_BACK: u64 = 500;
/// In milliseconds: longer than an answer takes, and well before the host gives up.
const HELD: std::ops::Range<i64> = 60..300;
