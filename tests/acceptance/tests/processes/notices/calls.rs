//! Completion calls as Greenhouse received them: time, test and host.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use mock_greenhouse::{Direction, Exchange, MockGreenhouse};

/// Completion calls in the order in which they began.
pub(super) struct Calls(Vec<Call>);

#[derive(Debug, Clone)]
pub(super) struct Call {
    /// Number of the test, at the end of the URL path.
    pub(super) test: String,
    pub(super) host: String,
    pub(super) at: DateTime<Utc>,
    /// Time at which the call ended: with a response, reset, or abandoned by the host.
    pub(super) ended_at: Option<DateTime<Utc>>,
    status: Option<u16>,
}

/// Returns the number of the last exchange so far.
pub(super) fn last(greenhouse: &MockGreenhouse) -> u64 {
    greenhouse.exchanges().last().map_or(0, |last| last.number)
}

impl Calls {
    /// Returns all calls after this exchange.
    pub(super) fn since(greenhouse: &MockGreenhouse, exchange: u64) -> Self {
        let exchanges = greenhouse.exchanges_since(exchange);
        if let Some(first) = exchanges.first() {
            assert_eq!(
                first.number,
                exchange + 1,
                "the log of exchanges is too short"
            );
        }
        Self(exchanges.iter().filter_map(Call::of).collect())
    }

    pub(super) fn of_host(&self, host: &str) -> impl DoubleEndedIterator<Item = &Call> {
        self.0.iter().filter(move |call| call.host == host)
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn failed(&self) -> usize {
        self.0.iter().filter(|call| !call.is_taken()).count()
    }

    /// Returns each host with its highest number of concurrent calls.
    pub(super) fn hosts(&self) -> BTreeMap<&str, usize> {
        let mut hosts = BTreeMap::new();
        for call in &self.0 {
            let beside = self.of_host(&call.host).filter(|other| {
                other.at <= call.at && other.ended_at.is_none_or(|ended| ended > call.at)
            });
            let most: &mut usize = hosts.entry(&*call.host).or_default();
            *most = beside.count().max(*most);
        }
        hosts
    }

    /// Asserts that calls about one test do not overlap.
    pub(super) fn assert_one_at_a_time(&self) {
        for (first, second) in self.consecutive() {
            let over = first.ended_at.is_some_and(|ended| ended <= second.at);
            assert!(
                over,
                "concurrent calls about one test: {first:#?} {second:#?}"
            );
        }
    }

    /// Asserts that calls about one test are at least `wait` apart.
    pub(super) fn assert_waits(&self, wait: TimeDelta) {
        for (first, second) in self.consecutive() {
            let waited = second.at - first.at;
            assert!(waited >= wait, "called too soon: {first:#?} {second:#?}");
        }
    }

    /// Asserts that each of the `count` tests was called until a call was accepted, and not
    /// afterwards. The `unnoted` tests are exceptions: a call from the host `killed` was accepted
    /// but not stored, and another host repeated the call.
    pub(super) fn assert_each_taken_once(
        &self,
        count: usize,
        killed: &str,
        unnoted: &BTreeSet<String>,
    ) {
        let tests = self.by_test();
        assert_eq!(tests.len(), count);
        for (test, calls) in tests {
            let taken: Vec<_> = calls.iter().filter(|call| call.is_taken()).collect();
            let times = if unnoted.contains(test) { 2 } else { 1 };
            assert_eq!(taken.len(), times, "{test}: {calls:#?}");
            assert!(calls.last().unwrap().is_taken(), "{test}: {calls:#?}");
            if times == 2 {
                assert_eq!(taken[0].host, killed, "{test}: {calls:#?}");
                assert_ne!(taken[1].host, killed, "{test}: {calls:#?}");
            }
        }
    }

    /// Returns the next call about the test of `held`.
    pub(super) fn next_after(&self, held: &Call) -> &Call {
        let mut later = self.0.iter().filter(|call| call.at > held.at);
        let next = later.find(|call| call.test == held.test);
        next.unwrap_or_else(|| panic!("no later call about {held:?}"))
    }

    /// Returns consecutive calls about one test, in pairs.
    fn consecutive(&self) -> Vec<(&Call, &Call)> {
        let mut pairs = Vec::new();
        for calls in self.by_test().into_values() {
            pairs.extend(calls.windows(2).map(|pair| (pair[0], pair[1])));
        }
        pairs
    }

    fn by_test(&self) -> BTreeMap<&str, Vec<&Call>> {
        let mut tests: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
        for call in &self.0 {
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
            test: test.to_owned(),
            host: host.clone(),
            at: exchange.at,
            ended_at: exchange.ended_at,
            status: exchange.status,
        })
    }

    /// Returns `true` if the host could learn that Greenhouse accepted the call.
    pub(super) fn is_taken(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}
