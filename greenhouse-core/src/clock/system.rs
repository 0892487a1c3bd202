use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_timer::Delay;

use super::Clock;

/// System clock. Waits on its own timer thread, so it needs no async runtime. A sleep ends after
/// 365 days at the latest.
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
        Delay::new(duration.min(LONGEST)).await;
    }
}

/// Maximum sleep. A longer timer would overflow the clock of some systems.
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
}
