use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

/// Clock of a mock. The clock runs, or a test holds and advances it.
///
/// Clones share the same time. Timestamps of rows, the expiry of tokens, rate limit windows, the
/// `Date` header and stalled requests use this clock. Advancing it ends every wait that is then due.
/// Timeouts of the mock's own calls use real time.
#[derive(Clone)]
pub struct MockClock {
    shared: Arc<Shared>,
}

struct Shared {
    time: Mutex<Time>,
    /// Notified whenever the time jumps, stops or resumes.
    changed: watch::Sender<()>,
}

#[derive(Clone, Copy)]
enum Time {
    /// Real time plus this offset.
    Running(TimeDelta),
    Held(DateTime<Utc>),
}

impl Time {
    fn now(self) -> DateTime<Utc> {
        match self {
            Self::Running(ahead) => later(real_now(), ahead),
            Self::Held(at) => at,
        }
    }
}

impl MockClock {
    /// Creates a running clock that shows the real time.
    #[must_use]
    pub fn real() -> Self {
        Self::starting(Time::Running(TimeDelta::zero()))
    }

    /// Creates a clock that is held at `at` until it is advanced.
    #[must_use]
    pub fn held(at: DateTime<Utc>) -> Self {
        Self::starting(Time::Held(at))
    }

    /// Creates a running clock that is ahead of the real time by `offset`, or behind it if `offset`
    /// is negative.
    #[must_use]
    pub fn offset_by(offset: TimeDelta) -> Self {
        Self::starting(Time::Running(offset))
    }

    /// Returns the current time of this clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.time().now()
    }

    /// Returns `true` if the clock is held.
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(self.time(), Time::Held(_))
    }

    /// Moves the clock forward by `by`, held or running, and wakes everything that is due.
    /// Saturates at the end of representable time.
    pub fn advance(&self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        self.change(|time| match time {
            Time::Running(ahead) => Time::Running(ahead.checked_add(&by).unwrap_or(TimeDelta::MAX)),
            Time::Held(at) => Time::Held(later(at, by)),
        });
    }

    /// Stops the clock at its current time.
    pub fn hold(&self) {
        self.change(|time| Time::Held(time.now()));
    }

    /// Stops the clock at `at`. If the time moves backward, the times of existing tokens and rate
    /// windows do not change.
    pub fn hold_at(&self, at: DateTime<Utc>) {
        self.change(|_| Time::Held(at));
    }

    /// Makes the clock run ahead of the real time by `offset`, or behind it if `offset` is
    /// negative. If the time moves backward, the times of existing tokens and rate windows do not
    /// change.
    pub fn set_offset(&self, offset: TimeDelta) {
        self.change(|_| Time::Running(offset));
    }

    /// Releases a held clock, which then runs from its current time.
    pub fn release(&self) {
        self.change(|time| Time::Running(time.now().signed_duration_since(real_now())));
    }

    /// Waits until this clock reaches `until`. A held clock reaches `until` only when it is
    /// advanced, set or released.
    pub async fn sleep_until(&self, until: DateTime<Utc>) {
        let mut changed = self.shared.changed.subscribe();
        loop {
            changed.mark_unchanged();
            let time = self.time();
            let Ok(left) = until.signed_duration_since(time.now()).to_std() else {
                return;
            };
            if left.is_zero() {
                return;
            }
            // The sender lives as long as `self`, so waiting for a change never fails.
            match time {
                Time::Held(_) => drop(changed.changed().await),
                Time::Running(_) => drop(tokio::time::timeout(left, changed.changed()).await),
            }
        }
    }

    /// Waits for `duration` on this clock.
    pub async fn sleep(&self, duration: Duration) {
        let duration = TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        self.sleep_until(later(self.now(), duration)).await;
    }

    fn starting(time: Time) -> Self {
        let shared = Shared {
            time: Mutex::new(time),
            changed: watch::Sender::new(()),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    fn time(&self) -> Time {
        *self
            .shared
            .time
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(Time) -> Time) {
        let mut time = self
            .shared
            .time
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *time = change(*time);
        drop(time);
        self.shared.changed.send_replace(());
    }
}

impl Default for MockClock {
    fn default() -> Self {
        Self::real()
    }
}

impl fmt::Debug for MockClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_held() {
            "MockClock(held)"
        } else {
            "MockClock(running)"
        })
    }
}

fn later(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(by)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the mock has its own clock; this is the only place that reads the real time"
)]
fn real_now() -> DateTime<Utc> {
    DateTime::from(SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-06-02T12:00:00Z".parse().unwrap()
    }

    #[tokio::test]
    async fn a_wait_on_a_held_clock_ends_when_the_clock_is_advanced_far_enough() {
        let clock = MockClock::held(noon());
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep(Duration::from_secs(60)).await;
                clock.now()
            }
        });
        while clock.shared.changed.receiver_count() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(59));
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(!waiting.is_finished());
        clock.advance(Duration::from_secs(1));
        assert_eq!(waiting.await.unwrap(), noon() + TimeDelta::seconds(60));
    }

    #[tokio::test]
    async fn a_clock_can_be_held_advanced_and_released() {
        let clock = MockClock::real();
        assert!(!clock.is_held());
        clock.hold_at(noon());
        clock.advance(Duration::from_secs(30));
        assert_eq!(clock.now(), noon() + TimeDelta::seconds(30));
        clock.release();
        let past = clock.now() - noon();
        assert!(past >= TimeDelta::seconds(30) && past < TimeDelta::seconds(90));
        clock.advance(Duration::from_secs(3600));
        assert!(clock.now() - noon() >= TimeDelta::seconds(3630));
        clock.sleep_until(noon()).await;
    }

    #[test]
    fn a_clock_runs_ahead_of_the_real_time_or_lags() {
        let lagging = MockClock::offset_by(TimeDelta::days(-800));
        assert!(!lagging.is_held());
        let shown = lagging.now();
        let lag = real_now() - shown;
        assert!(lag >= TimeDelta::days(800) && lag < TimeDelta::days(801));
        lagging.set_offset(TimeDelta::minutes(90));
        let real = real_now();
        let lead = lagging.now() - real;
        assert!(lead >= TimeDelta::minutes(90) && lead < TimeDelta::minutes(91));
    }

    #[tokio::test]
    async fn advancing_a_running_clock_wakes_as_well() {
        let clock = MockClock::real();
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep(Duration::from_secs(3600)).await }
        });
        while clock.shared.changed.receiver_count() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(3601));
        waiting.await.unwrap();
    }
}
