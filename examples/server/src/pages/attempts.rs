use std::{collections::VecDeque, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

/// Limit on failed sign-ins, for one host.
///
/// At most 10 in a minute. It applies to tokens that could be guessed. A token with the form of a
/// created one has 256 random bits, so it is neither counted nor refused. Failed sign-ins by
/// others cannot lock out its owner.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    /// Times of the latest attempts that have failed or are still being checked.
    failed: VecDeque<DateTime<Utc>>,
}

impl Attempts {
    /// Counts an attempt as failed. The caller corrects this with [`succeeded`](Self::succeeded).
    ///
    /// # Errors
    ///
    /// The time until the next attempt, if there were too many.
    pub(super) fn begin(&mut self, now: DateTime<Utc>) -> Result<(), Duration> {
        // Times in the future are from a clock that has been corrected.
        let in_window = |at: &DateTime<Utc>| *at <= now && now - *at < WINDOW;
        self.failed.retain(in_window);
        if self.failed.len() < MOST {
            self.failed.push_back(now);
            return Ok(());
        }
        let oldest = self.failed.iter().min().copied().unwrap_or(now);
        Err((oldest + WINDOW - now).to_std().unwrap_or_default())
    }

    /// Corrects the attempt that began at this time.
    pub(super) fn succeeded(&mut self, begun: DateTime<Utc>) {
        if let Some(place) = self.failed.iter().position(|at| *at == begun) {
            self.failed.remove(place);
        }
    }
}

const MOST: usize = 10;
const WINDOW: TimeDelta = TimeDelta::minutes(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_attempts_are_limited_for_a_minute() {
        let mut attempts = Attempts::default();
        for second in 0..10 {
            assert_eq!(attempts.begin(at(second)), Ok(()), "{second}");
        }
        for (second, wait) in [(10, 50), (59, 1)] {
            let refused = attempts.begin(at(second));
            assert_eq!(refused, Err(Duration::from_secs(wait)));
        }
        // The attempt of second 0 is a minute ago, those after it are not.
        assert_eq!(attempts.begin(at(60)), Ok(()));
        let refused = attempts.begin(at(60));
        assert_eq!(refused, Err(Duration::from_secs(1)));
    }

    #[test]
    fn successful_attempts_are_not_counted() {
        let mut attempts = Attempts::default();
        for second in 0..100 {
            assert_eq!(attempts.begin(at(second / 10)), Ok(()), "{second}");
            attempts.succeeded(at(second / 10));
        }
    }

    #[test]
    fn a_corrected_clock_refuses_nothing() {
        let mut attempts = Attempts::default();
        for _ in 0..10 {
            assert_eq!(attempts.begin(at(1_000_000)), Ok(()));
        }
        assert!(attempts.begin(at(1_000_000)).is_err());
        assert_eq!(attempts.begin(at(0)), Ok(()));
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
    }
}
