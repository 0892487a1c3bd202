use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_timer::Delay;

use super::Clock;

/// System clock. Waits on its own timer thread, so it needs no async runtime.
///
/// No other code reads the system time.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "all other code uses this implementation of the port"
    )]
    fn now(&self) -> DateTime<Utc> {
        SystemTime::now().into()
    }

    async fn sleep(&self, duration: Duration) {
        sleep_in_parts(duration, LONGEST).await;
    }
}

/// Sleeps for `duration`, with timers of at most `longest`.
async fn sleep_in_parts(duration: Duration, longest: Duration) {
    let mut left = duration;
    loop {
        let part = left.min(longest);
        Delay::new(part).await;
        left = left.saturating_sub(part);
        if left.is_zero() {
            return;
        }
    }
}

/// Maximum duration of one timer. A longer timer would overflow the clock of some systems.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleeps_for_the_duration_without_a_runtime_timer() {
        let started = SystemClock.now();
        SystemClock.sleep(Duration::from_millis(20)).await;
        assert!(SystemClock.now() - started >= chrono::TimeDelta::milliseconds(20));
    }

    #[tokio::test]
    async fn a_sleep_longer_than_one_timer_lasts_for_the_whole_duration() {
        let started = SystemClock.now();
        sleep_in_parts(Duration::from_millis(25), Duration::from_millis(10)).await;
        assert!(SystemClock.now() - started >= chrono::TimeDelta::milliseconds(25));
    }
}
