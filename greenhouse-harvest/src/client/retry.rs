use std::time::Duration;

use greenhouse_core::{Backoff, TransportErrorKind};
use http::{HeaderMap, StatusCode, header};

/// Number and spacing of retries. A read is retried after a failure that may be temporary, and a
/// write only if Greenhouse certainly did not carry it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Maximum number of attempts for one call. Default: 4. A rejected token allows one more
    /// attempt.
    pub attempts: u32,
    /// Waits between attempts. The actual wait is random, between half of this time and the full
    /// time, so that clients that failed together do not retry together. Default: 500 ms, doubled
    /// up to 8 s. A wait that Greenhouse requests is not limited.
    pub backoff: Backoff,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            backoff: Backoff::new(Duration::from_millis(500), Duration::from_secs(8)),
        }
    }
}

impl RetryPolicy {
    /// Returns a policy that sends every call once.
    pub fn none() -> Self {
        Self::default().attempts(1)
    }

    /// Sets the maximum number of attempts. 0 is treated as 1.
    #[must_use]
    pub fn attempts(self, attempts: u32) -> Self {
        let attempts = attempts.max(1);
        Self { attempts, ..self }
    }

    /// Sets the first and the longest wait.
    #[must_use]
    pub fn backoff(self, first: Duration, longest: Duration) -> Self {
        Self {
            backoff: Backoff::new(first, longest),
            ..self
        }
    }

    /// Returns the wait after an attempt: half of the backoff for a `jitter` of 0, all of it for
    /// `u32::MAX`.
    pub(super) fn wait(&self, attempt: u32, jitter: u32) -> Duration {
        let half = self.backoff.after(attempt.saturating_sub(1)) / 2;
        let chance = u128::from(jitter) * half.as_nanos() / u128::from(u32::MAX);
        half.saturating_add(Duration::from_nanos(
            u64::try_from(chance).unwrap_or(u64::MAX),
        ))
    }
}

/// Result of one attempt.
#[derive(Debug, Clone, Copy)]
pub(super) enum AttemptOutcome {
    Answered {
        status: StatusCode,
        retry_after: Option<Duration>,
    },
    Silent(TransportErrorKind),
}

/// One attempt at a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    pub(super) writes: bool,
    /// Counted from one.
    pub(super) number: u32,
    /// `true` if the token was already renewed for the call.
    pub(super) renewed: bool,
}

/// Decision after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Do not retry: the call succeeded, a retry cannot help or might repeat a write, or no attempts
    /// are left.
    End,
    /// Retry with a new token.
    Renew,
    /// Retry after this wait. The wait is zero after a 429, because the budget then delays the
    /// call.
    Again(Duration),
}

/// Decides on a retry. A write is never retried if Greenhouse may have carried it out.
pub(super) fn decide(
    policy: &RetryPolicy,
    attempt: Attempt,
    outcome: AttemptOutcome,
    jitter: u32,
) -> Verdict {
    if let AttemptOutcome::Answered { status, .. } = outcome
        && status == StatusCode::UNAUTHORIZED
        && !attempt.renewed
    {
        return Verdict::Renew;
    }
    let sent = attempt.number.saturating_sub(u32::from(attempt.renewed));
    if sent >= policy.attempts {
        return Verdict::End;
    }
    let backoff = policy.wait(sent.max(1), jitter);
    match outcome {
        AttemptOutcome::Answered {
            status: StatusCode::TOO_MANY_REQUESTS,
            ..
        } => Verdict::Again(Duration::ZERO),
        AttemptOutcome::Answered {
            status,
            retry_after,
        } if !attempt.writes && is_unclear(status) => {
            Verdict::Again(retry_after.unwrap_or(backoff))
        }
        AttemptOutcome::Silent(TransportErrorKind::Unreachable) => Verdict::Again(backoff),
        AttemptOutcome::Silent(TransportErrorKind::TimedOut | TransportErrorKind::Cut)
            if !attempt.writes =>
        {
            Verdict::Again(backoff)
        }
        _ => Verdict::End,
    }
}

/// Returns the `Retry-After` in seconds (documented). An HTTP date is ignored.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

/// Random number; the middle of the range if no randomness is available.
pub(super) fn jitter() -> u32 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => u32::from_ne_bytes(bytes),
        Err(_) => u32::MAX / 2,
    }
}

fn is_unclear(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_retried_only_if_nothing_was_done() {
        use TransportErrorKind as Kind;
        let (yes, no) = (true, false);
        for (outcome, read_again, write_again) in [
            (status(200), no, no),
            (status(302), no, no),
            (status(403), no, no),
            (status(404), no, no),
            (status(408), yes, no),
            (status(422), no, no),
            (status(429), yes, yes),
            (status(500), yes, no),
            (status(502), yes, no),
            (status(503), yes, no),
            (status(504), yes, no),
            (AttemptOutcome::Silent(Kind::Construction), no, no),
            (AttemptOutcome::Silent(Kind::Unreachable), yes, yes),
            (AttemptOutcome::Silent(Kind::TimedOut), yes, no),
            (AttemptOutcome::Silent(Kind::Cut), yes, no),
            (AttemptOutcome::Silent(Kind::AnswerTooLarge), no, no),
        ] {
            for (writes, again) in [(false, read_again), (true, write_again)] {
                for number in 1..=5 {
                    for renewed in [false, true] {
                        let attempt = Attempt {
                            writes,
                            number,
                            renewed,
                        };
                        let verdict = decide(&RetryPolicy::default(), attempt, outcome, 7);
                        let more = number < 4 + u32::from(renewed);
                        assert_eq!(
                            matches!(verdict, Verdict::Again(_)),
                            again && more,
                            "{outcome:?} {attempt:?}"
                        );
                        assert_ne!(verdict, Verdict::Renew);
                    }
                }
            }
        }
    }

    #[test]
    fn a_token_is_renewed_once() {
        for writes in [false, true] {
            for (number, renewed, verdict) in [
                (1, false, Verdict::Renew),
                (4, false, Verdict::Renew),
                (2, true, Verdict::End),
            ] {
                let attempt = Attempt {
                    writes,
                    number,
                    renewed,
                };
                let found = decide(&RetryPolicy::default(), attempt, status(401), 0);
                assert_eq!(found, verdict, "{attempt:?}");
            }
        }
    }

    #[test]
    fn waits_grow_up_to_the_longest_and_yield_to_retry_after() {
        let policy = RetryPolicy::default();
        for (attempt, least, most) in [
            (1, 250, 500),
            (2, 500, 1000),
            (3, 1000, 2000),
            (5, 4000, 8000),
            (6, 4000, 8000),
            (u32::MAX, 4000, 8000),
        ] {
            assert_eq!(policy.wait(attempt, 0), Duration::from_millis(least));
            assert_eq!(policy.wait(attempt, u32::MAX), Duration::from_millis(most));
            let middle = policy.wait(attempt, u32::MAX / 2);
            assert!(Duration::from_millis(least) < middle && middle < Duration::from_millis(most));
        }
        let endless = policy.backoff(Duration::MAX, Duration::MAX);
        assert!(endless.wait(9, u32::MAX) <= Duration::MAX);

        let asked = AttemptOutcome::Answered {
            status: StatusCode::SERVICE_UNAVAILABLE,
            retry_after: Some(Duration::from_secs(20)),
        };
        let attempt = Attempt {
            writes: false,
            number: 1,
            renewed: false,
        };
        let verdict = decide(&policy, attempt, asked, 0);
        assert_eq!(verdict, Verdict::Again(Duration::from_secs(20)));
        let once = decide(&RetryPolicy::none(), attempt, asked, 0);
        assert_eq!(once, Verdict::End);
    }

    fn status(status: u16) -> AttemptOutcome {
        AttemptOutcome::Answered {
            status: StatusCode::from_u16(status).unwrap(),
            retry_after: None,
        }
    }
}
