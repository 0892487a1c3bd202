use std::time::Duration;

use greenhouse_core::BuildError;

/// Settings for fetching and renewing tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenConfig {
    /// Time limit for one exchange with the token host. Default: 10 s.
    pub deadline: Duration,
    /// Time for which one host may hold the lock to fetch a token. Never shorter than twice the
    /// deadline. Default: 30 s.
    pub lease: Duration,
    /// Interval at which the store is checked while another host fetches the token. Default: 250
    /// ms.
    pub poll_interval: Duration,
    /// Time before expiry at which a token is replaced; half the lifetime if that is shorter.
    /// Default: 2 minutes.
    pub early: Duration,
    /// Time for which a valid token stays in use after the token host failed to issue a new token.
    /// Default: 30 s.
    pub pause: Duration,
    /// Age at which [`keep_alive`](crate::PartnerConnection::keep_alive) replaces a refresh token.
    /// An unused refresh token expires after 24 hours according to older Greenhouse documentation,
    /// and after 14 days according to newer documentation. Default: 12 hours, half of the shorter
    /// time.
    pub keep_alive_after: Duration,
}

impl Default for TokenConfig {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(10),
            lease: Duration::from_secs(30),
            poll_interval: Duration::from_millis(250),
            early: Duration::from_secs(120),
            pause: Duration::from_secs(30),
            keep_alive_after: Duration::from_secs(12 * 3600),
        }
    }
}

impl TokenConfig {
    /// Returns an error if a value is out of range or contradicts another.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        let Self {
            deadline, lease, ..
        } = self;
        BuildError::ensure(*lease >= deadline.saturating_mul(2), "tokens.lease", || {
            format!("expected at least twice the deadline of {deadline:?}, got {lease:?}")
        })?;
        BuildError::ensure(
            self.poll_interval >= LEAST_WAIT,
            "tokens.poll_interval",
            || {
                format!(
                    "expected at least {LEAST_WAIT:?}, got {:?}",
                    self.poll_interval
                )
            },
        )
    }

    /// Returns the same settings with a lease that is long enough for every request.
    pub(super) fn with_long_lease(mut self) -> Self {
        self.lease = self.lease.max(self.deadline.saturating_mul(2));
        self.poll_interval = self.poll_interval.max(LEAST_WAIT);
        self
    }
}

const LEAST_WAIT: Duration = Duration::from_millis(10);
