use std::time::Duration;

/// Exponential backoff. The wait doubles with each attempt, up to a maximum.
///
/// ```
/// use std::time::Duration;
/// use greenhouse_core::Backoff;
///
/// let backoff = Backoff::new(Duration::from_secs(5), Duration::from_secs(60));
/// assert_eq!(backoff.after(0), Duration::from_secs(5));
/// assert_eq!(backoff.after(2), Duration::from_secs(20));
/// assert_eq!(backoff.after(9), Duration::from_secs(60));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
}

impl Backoff {
    /// Creates a backoff with waits from `first` to `longest`.
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest }
    }

    /// Wait after a failed attempt. `earlier` is the number of attempts before it.
    pub fn after(&self, earlier: u32) -> Duration {
        let factor = 1u32.checked_shl(earlier).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.longest)
    }

    /// Sum of the waits after the first `earlier` attempts.
    pub fn before(&self, earlier: u32) -> Duration {
        // After 32 attempts all waits are equal.
        let growing = earlier.min(u32::BITS);
        let waits = (0..growing).map(|attempt| self.after(attempt));
        let rest = self.after(u32::BITS).saturating_mul(earlier - growing);
        waits.fold(rest, Duration::saturating_add)
    }

    /// The first wait.
    pub const fn first(&self) -> Duration {
        self.first
    }

    /// The longest wait.
    pub const fn longest(&self) -> Duration {
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let backoff = Backoff::new(Duration::from_secs(30), Duration::from_secs(3600));
        for (earlier, seconds) in [
            (0, 30),
            (1, 60),
            (6, 1920),
            (7, 3600),
            (31, 3600),
            (u32::MAX, 3600),
        ] {
            assert_eq!(backoff.after(earlier).as_secs(), seconds, "{earlier}");
        }
        for (earlier, seconds) in [
            (0, 0),
            (1, 30),
            (3, 210),
            (8, 3810 + 3600),
            (40, 3810 + 33 * 3600),
            (u32::MAX, 3810 + (u64::from(u32::MAX) - 7) * 3600),
        ] {
            assert_eq!(backoff.before(earlier).as_secs(), seconds, "{earlier}");
        }
    }
}
