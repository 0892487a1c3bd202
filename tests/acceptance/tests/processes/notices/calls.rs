//! The completion calls as they reached Greenhouse: when, about which test, and from which host.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use mock_greenhouse::{Direction, Exchange, MockGreenhouse};

/// In the order in which they began.
pub(super) struct Calls(Vec<Call>);

#[derive(Debug, Clone)]
pub(super) struct Call {
    /// The number at the end of its address.
    pub(super) test: String,
    pub(super) host: String,
    pub(super) at: DateTime<Utc>,
    /// When it was answered, cut, or given up by the host.
    pub(super) ended_at: Option<DateTime<Utc>>,
    status: Option<u16>,
}

/// The last exchange so far.
pub(super) fn last(greenhouse: &MockGreenhouse) -> u64 {
    greenhouse.exchanges().last().map_or(0, |last| last.number)
}

impl Calls {
    /// All that came after this exchange.
    pub(super) fn since(greenhouse: &MockGreenhouse, exchange: u64) -> Self {
        let exchanges = greenhouse.exchanges_since(exchange);
        if let Some(first) = exchanges.first() {
            assert_eq!(first.number, exchange + 1, "the log is too short");
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

    /// Each host, with how many calls it had under way at once at most.
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

    /// That whoever told of a test began after the last one had ended.
    pub(super) fn assert_one_at_a_time(&self) {
        for (first, second) in self.in_a_row() {
            let over = first.ended_at.is_some_and(|ended| ended <= second.at);
            assert!(over, "two tell of a test at once: {first:#?} {second:#?}");
        }
    }

    /// That nobody told of a test again before this wait.
    pub(super) fn assert_waits(&self, wait: TimeDelta) {
        for (first, second) in self.in_a_row() {
            let waited = second.at - first.at;
            assert!(waited >= wait, "told too soon: {first:#?} {second:#?}");
        }
    }

    /// That so many tests were told of, each until it was taken, and then no more, but for these: each of them was taken from the
    /// killed host, which could not note it any more, and once again from another.
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

    /// When somebody told of this test the next time.
    pub(super) fn next_after(&self, held: &Call) -> &Call {
        let mut later = self.0.iter().filter(|call| call.at > held.at);
        let next = later.find(|call| call.test == held.test);
        next.unwrap_or_else(|| panic!("it is never told again: {held:?}"))
    }

    /// Each two calls about one test that nobody told of in between.
    fn in_a_row(&self) -> Vec<(&Call, &Call)> {
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

    /// Whether the host could learn that Greenhouse took it.
    pub(super) fn is_taken(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}
