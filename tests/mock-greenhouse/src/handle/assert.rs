use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use crate::handle::MockGreenhouse;

/// Asserting what has happened.
impl MockGreenhouse {
    /// How many requests an endpoint got, whatever was answered; `path` with `{id}` for an id, as `/v3/applications/{id}/move`.
    #[must_use]
    pub fn requests(&self, method: &str, path: &str) -> u64 {
        self.world
            .counts()
            .get(&(method.to_owned(), path.to_owned()))
            .copied()
            .unwrap_or(0)
    }

    /// How many requests each endpoint got, by method and path.
    #[must_use]
    pub fn request_counts(&self) -> BTreeMap<(String, String), u64> {
        self.world.counts()
    }

    /// What a test that drives a well-behaved client does not want, one line each: requests that no route serves, answers of the
    /// partner that break the documentation, faults that did not happen.
    #[must_use]
    pub fn troubles(&self) -> Vec<String> {
        self.world.looked.store(true, Ordering::Relaxed);
        self.world.troubles()
    }

    /// # Panics
    ///
    /// If there are [`troubles`](Self::troubles), with all of them in the message.
    #[track_caller]
    pub fn assert_quiet(&self) {
        let troubles = self.troubles();
        assert!(
            troubles.is_empty(),
            "the mock Greenhouse is not quiet:\n{}",
            troubles.join("\n")
        );
    }

    /// # Panics
    ///
    /// If the endpoint got another number of requests, with the requests of every endpoint in the message.
    #[track_caller]
    pub fn assert_requests(&self, method: &str, path: &str, expected: u64) {
        let got = self.requests(method, path);
        let all: Vec<_> = self
            .request_counts()
            .into_iter()
            .map(|((method, path), count)| format!("{count} {method} {path}"))
            .collect();
        assert!(
            got == expected,
            "{method} {path} got {got} requests, not {expected}; all:\n{}",
            all.join("\n")
        );
    }

    /// The mock is a part of a test: a request that it does not know is a failure of the test, seen or not.
    #[expect(
        clippy::panic,
        reason = "failing the test is the purpose; the program looks at what was unexpected before it stops"
    )]
    pub(super) fn fail_on_unexpected(&self) {
        if std::thread::panicking() || self.world.looked.load(Ordering::Relaxed) {
            return;
        }
        let unexpected = self.unexpected();
        let lines: Vec<_> = unexpected
            .iter()
            .map(|one| format!("{} {}; expected: {}", one.method, one.path, one.expected))
            .collect();
        panic!(
            "the mock Greenhouse got unexpected requests:\n{}",
            lines.join("\n")
        );
    }
}
