use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use http::HeaderValue;

use crate::wire::Answer;

/// Counts calls in fixed windows of the clock (observed live): 30 seconds for Harvest, 60 seconds
/// for the token host.
#[derive(Debug)]
pub(crate) struct RateWindow {
    limit: u32,
    seconds: i64,
    current: Mutex<Current>,
}

#[derive(Debug, Default)]
struct Current {
    window: i64,
    used: u32,
}

/// The state of the window after one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    limit: u32,
    remaining: u32,
    /// Time of the response plus one window length, not the end of the window, in Unix seconds
    /// (observed live).
    reset: i64,
    /// Seconds until the window ends, if the call exceeds the limit.
    retry_after: Option<i64>,
}

impl RateWindow {
    pub(crate) fn new(limit: u32, seconds: i64) -> Self {
        Self {
            limit,
            seconds,
            current: Mutex::default(),
        }
    }

    pub(crate) fn count_call(&self, now: DateTime<Utc>) -> Allowance {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let window = now.timestamp().div_euclid(self.seconds);
        if current.window != window {
            *current = Current { window, used: 0 };
        }
        let over = current.used >= self.limit;
        if !over {
            current.used += 1;
        }
        Allowance {
            limit: self.limit,
            remaining: self.limit - current.used,
            reset: now.timestamp() + self.seconds,
            retry_after: over.then(|| self.seconds - now.timestamp().rem_euclid(self.seconds)),
        }
    }
}

impl RateWindow {
    /// Refuses a call as if the window were exhausted. By default, `Retry-After` is the time until
    /// the window ends.
    pub(crate) fn refuse(&self, now: DateTime<Utc>, retry_after: Option<i64>) -> Answer {
        let rest = self.seconds - now.timestamp().rem_euclid(self.seconds);
        let spent = Allowance {
            limit: self.limit,
            remaining: 0,
            reset: now.timestamp() + self.seconds,
            retry_after: Some(retry_after.unwrap_or(rest)),
        };
        let refusal = spent.refusal().unwrap_or_else(Answer::too_many_requests);
        spent.add_headers(refusal)
    }
}

impl Allowance {
    /// Returns the refusal if the call exceeds the limit. The real body is unknown; this body has
    /// the form of other errors.
    pub(crate) fn refusal(&self) -> Option<Answer> {
        self.retry_after.map(|seconds| {
            Answer::too_many_requests().with("retry-after", HeaderValue::from(seconds))
        })
    }

    pub(crate) fn add_headers(&self, answer: Answer) -> Answer {
        answer
            .with("x-ratelimit-limit", HeaderValue::from(self.limit))
            .with("x-ratelimit-remaining", HeaderValue::from(self.remaining))
            .with("x-ratelimit-reset", HeaderValue::from(self.reset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_020 + seconds, 0).unwrap()
    }

    #[test]
    fn the_counter_refills_on_the_clock_and_not_after_the_first_call() {
        let window = RateWindow::new(2, 30);
        assert_eq!(window.count_call(at(25)).remaining, 1);
        assert_eq!(window.count_call(at(26)).remaining, 0);
        let refused = window.count_call(at(27));
        assert_eq!((refused.remaining, refused.retry_after), (0, Some(3)));
        assert_eq!(window.count_call(at(30)).remaining, 1);
    }

    #[test]
    fn the_reset_is_the_answer_plus_a_window() {
        assert_eq!(
            RateWindow::new(2, 30).count_call(at(29)).reset,
            at(59).timestamp()
        );
    }
}
