use std::time::Duration;

use greenhouse_core::BuildError;

/// Time limits, intervals and concurrency limits of pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PushConfig {
    /// Maximum run time of one push. After this time the push has failed, and a person can retry
    /// it. Default: 120 s.
    pub lease: Duration,
    /// Time after a write with an unknown outcome during which an empty search proves nothing,
    /// because the write may still be running and reads may lag. At least `write_deadline`.
    /// Default: 60 s.
    pub settle_time: Duration,
    /// Minimum time between the two searches that must find nothing before a write with an unknown
    /// outcome is repeated. Default: 30 s.
    pub search_interval: Duration,
    /// Age after which the definitions of custom fields are read again. Default: 10 min.
    pub definitions_age: Duration,
    /// Maximum wait at shutdown for the response to a sent request. Default: 5 s.
    pub stop_grace: Duration,
    /// Maximum time that the push endpoint waits for a push to end. Default: 10 s.
    pub endpoint_wait: Duration,
    /// Interval at which the endpoint checks whether another host has ended the push. Default: 500
    /// ms.
    pub poll: Duration,
    /// Maximum time for one write to Greenhouse. Less than `lease`. Default: 30 s.
    pub write_deadline: Duration,
    /// Maximum time for the product to respond. Default: 30 s.
    pub product_deadline: Duration,
    /// Time after which a push is tried again if another push for the same person is running.
    /// Default: 2 s.
    pub busy_wait: Duration,
    /// Maximum time that a push waits, before its first write, for Greenhouse or the product to
    /// become available, for the rate limit, or for the report. After this time the push has
    /// failed. Zero disables waiting. Default: 15 min.
    pub patience: Duration,
    /// Maximum number of pushes that a host runs at the same time. At least 1. Default: 8.
    pub at_once: usize,
    /// Maximum number of pushes that a host runs at the same time for one account. At least 1.
    /// Default: 2.
    pub at_once_per_account: usize,
    /// If `true`, one request creates a new candidate with an application at a mapped stage. That
    /// `POST /v3/candidates` accepts a stage is known only from one client program. If `false`, a
    /// second request creates the application, as in the official description. Default: `true`.
    pub stage_with_candidate: bool,
}

impl Default for PushConfig {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(120),
            settle_time: Duration::from_secs(60),
            search_interval: Duration::from_secs(30),
            definitions_age: Duration::from_secs(600),
            stop_grace: Duration::from_secs(5),
            endpoint_wait: Duration::from_secs(10),
            poll: Duration::from_millis(500),
            write_deadline: Duration::from_secs(30),
            product_deadline: Duration::from_secs(30),
            busy_wait: Duration::from_secs(2),
            patience: Duration::from_secs(15 * 60),
            at_once: 8,
            at_once_per_account: 2,
            stage_with_candidate: true,
        }
    }
}

impl PushConfig {
    /// Returns an error if a value is out of range or contradicts another.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        let Self {
            lease,
            settle_time,
            write_deadline,
            ..
        } = self;
        BuildError::ensure(write_deadline < lease, "push.write_deadline", || {
            format!("expected less than the lease of {lease:?}, got {write_deadline:?}")
        })?;
        BuildError::ensure(settle_time >= write_deadline, "push.settle_time", || {
            format!(
                "expected at least the write deadline of {write_deadline:?}, got {settle_time:?}"
            )
        })?;
        for (setting, value) in [
            ("push.at_once", self.at_once),
            ("push.at_once_per_account", self.at_once_per_account),
        ] {
            BuildError::ensure(value > 0, setting, || "expected at least 1, got 0")?;
        }
        BuildError::ensure(
            !self.poll.is_zero(),
            "push.poll",
            || "expected more than 0 s",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_values_are_refused() {
        let refused = |change: fn(&mut PushConfig)| {
            let mut config = PushConfig::default();
            change(&mut config);
            config.check().map_err(|error| error.to_string())
        };
        assert_eq!(refused(|_| {}), Ok(()));
        for (change, error) in [
            (
                (|config| config.write_deadline = config.lease) as fn(&mut PushConfig),
                "push.write_deadline: expected less than the lease of 120s, got 120s",
            ),
            (
                |config| config.settle_time = Duration::from_secs(29),
                "push.settle_time: expected at least the write deadline of 30s, got 29s",
            ),
            (
                |config| config.at_once = 0,
                "push.at_once: expected at least 1, got 0",
            ),
            (
                |config| config.at_once_per_account = 0,
                "push.at_once_per_account: expected at least 1, got 0",
            ),
            (
                |config| config.poll = Duration::ZERO,
                "push.poll: expected more than 0 s",
            ),
        ] {
            assert_eq!(refused(change), Err(error.to_owned()));
        }
    }
}
