use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use crate::handle::MockGreenhouse;

/// Assertions about requests.
impl MockGreenhouse {
    /// Returns the number of requests to an endpoint, regardless of the response. Ids in `path` are
    /// written as `{id}`, for example `/v3/applications/{id}/move`.
    #[must_use]
    pub fn requests(&self, method: &str, path: &str) -> u64 {
        self.world
            .counts()
            .get(&(method.to_owned(), path.to_owned()))
            .copied()
            .unwrap_or(0)
    }

    /// Returns the number of requests to each endpoint, by method and path.
    #[must_use]
    pub fn request_counts(&self) -> BTreeMap<(String, String), u64> {
        self.world.counts()
    }

    /// Returns the recorded problems, one line each: requests that no route serves, malformed
    /// responses from the partner, and faults that did not occur.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        self.world
            .unexpected_was_read
            .store(true, Ordering::Relaxed);
        self.world.problems()
    }

    /// Asserts that no problems were recorded.
    ///
    /// # Panics
    ///
    /// Panics if there are [`problems`](Self::problems). The message lists them.
    #[track_caller]
    pub fn assert_no_problems(&self) {
        let problems = self.problems();
        assert!(
            problems.is_empty(),
            "the mock Greenhouse recorded problems:\n{}",
            problems.join("\n")
        );
    }

    /// Asserts that an endpoint received this number of requests.
    ///
    /// # Panics
    ///
    /// Panics if the endpoint received a different number of requests. The message lists the
    /// requests to every endpoint.
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
            "{method} {path}: expected {expected} requests, got {got}; all requests:\n{}",
            all.join("\n")
        );
    }

    /// Fails the test if there are unexpected requests that the test has not read. Such a request
    /// shows an error in the test or in the client.
    #[expect(
        clippy::panic,
        reason = "failing the test is the purpose; the program reads the unexpected requests before it stops"
    )]
    pub(super) fn fail_on_unexpected(&self) {
        if std::thread::panicking() || self.world.unexpected_was_read.load(Ordering::Relaxed) {
            return;
        }
        let unexpected = self.unexpected();
        let lines: Vec<_> = unexpected
            .iter()
            .map(|one| format!("{} {}; expected: {}", one.method, one.path, one.expected))
            .collect();
        panic!(
            "the mock Greenhouse received unexpected requests:\n{}",
            lines.join("\n")
        );
    }
}
