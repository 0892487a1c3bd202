use std::time::Duration;

use greenhouse_core::TransportErrorKind;
use http::{HeaderMap, StatusCode, header};

/// How often and after what waits a call is repeated that may be: a read after a failure that may pass, a write where
/// Greenhouse certainly has not acted on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a call is sent at most. Default: 4. Once more where the token was not taken.
    pub attempts: u32,
    /// The wait after the first attempt; each further one is twice as long. Between half and all of it is waited, by
    /// chance, so that many who failed together do not come again together. Default: 500 ms.
    pub first_backoff: Duration,
    /// No wait is longer, but where Greenhouse asks for it. Default: 8 s.
    pub longest_backoff: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_backoff: Duration::from_millis(500),
            longest_backoff: Duration::from_secs(8),
        }
    }
}

impl RetryPolicy {
    /// Sends every call once.
    pub fn none() -> Self {
        Self::default().attempts(1)
    }

    /// The policy with so many attempts, one at least.
    #[must_use]
    pub fn attempts(self, attempts: u32) -> Self {
        let attempts = attempts.max(1);
        Self { attempts, ..self }
    }

    /// The policy with these waits.
    #[must_use]
    pub fn backoff(self, first: Duration, longest: Duration) -> Self {
        Self {
            first_backoff: first,
            longest_backoff: longest,
            ..self
        }
    }

    /// The wait after an attempt; `jitter` of 0 is half of it, `u32::MAX` all.
    pub(super) fn wait(&self, attempt: u32, jitter: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let wait = self.first_backoff.saturating_mul(doubled);
        let half = wait.min(self.longest_backoff) / 2;
        let chance = u128::from(jitter) * half.as_nanos() / u128::from(u32::MAX);
        half.saturating_add(Duration::from_nanos(
            u64::try_from(chance).unwrap_or(u64::MAX),
        ))
    }
}

/// What came of one attempt.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome {
    Answered {
        status: StatusCode,
        retry_after: Option<Duration>,
    },
    Silent(TransportErrorKind),
}

/// Which attempt it was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    pub(super) writes: bool,
    /// Counted from one.
    pub(super) number: u32,
    /// Whether the token was renewed for the call.
    pub(super) renewed: bool,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// An answer of success, or a failure that stays one.
    End,
    /// Once more, with a new token.
    Renew,
    /// Once more, after this wait. After a 429 the budget waits.
    Again(Duration),
}

/// What one attempt means. A write is never repeated where Greenhouse may have acted on it.
pub(super) fn decide(
    policy: &RetryPolicy,
    attempt: Attempt,
    outcome: Outcome,
    jitter: u32,
) -> Verdict {
    if let Outcome::Answered { status, .. } = outcome
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
        Outcome::Answered {
            status: StatusCode::TOO_MANY_REQUESTS,
            ..
        } => Verdict::Again(Duration::ZERO),
        Outcome::Answered {
            status,
            retry_after,
        } if !attempt.writes && is_unclear(status) => {
            Verdict::Again(retry_after.unwrap_or(backoff))
        }
        Outcome::Silent(TransportErrorKind::Unreachable) => Verdict::Again(backoff),
        Outcome::Silent(TransportErrorKind::TimedOut | TransportErrorKind::Cut)
            if !attempt.writes =>
        {
            Verdict::Again(backoff)
        }
        _ => Verdict::End,
    }
}

/// `Retry-After` in seconds (documented); another form is passed over.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

/// A number by chance; the middle where there is no chance to be had.
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
    fn a_write_is_repeated_only_where_nothing_was_done() {
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
            (Outcome::Silent(Kind::Construction), no, no),
            (Outcome::Silent(Kind::Unreachable), yes, yes),
            (Outcome::Silent(Kind::TimedOut), yes, no),
            (Outcome::Silent(Kind::Cut), yes, no),
            (Outcome::Silent(Kind::AnswerTooLarge), no, no),
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
    fn waits_grow_up_to_the_longest_and_yield_to_what_is_asked_for() {
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

        let asked = Outcome::Answered {
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

    fn status(status: u16) -> Outcome {
        Outcome::Answered {
            status: StatusCode::from_u16(status).unwrap(),
            retry_after: None,
        }
    }
}
