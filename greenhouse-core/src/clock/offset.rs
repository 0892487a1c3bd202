use chrono::{DateTime, TimeDelta, Utc};

/// Lower and upper bound of the difference between another clock and the host's. Positive if the
/// other clock is ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockOffset {
    low: TimeDelta,
    high: TimeDelta,
}

impl ClockOffset {
    /// Computes the bounds from `other`, a reading of the other clock between `sent_at` and
    /// `received_at`, which are times of the host.
    pub fn exact(other: DateTime<Utc>, sent_at: DateTime<Utc>, received_at: DateTime<Utc>) -> Self {
        Self {
            low: other - received_at,
            high: other - sent_at,
        }
    }

    /// Computes the bounds from a reading that is truncated to whole seconds, such as the header
    /// `Date`.
    pub fn truncated(
        second: DateTime<Utc>,
        sent_at: DateTime<Utc>,
        received_at: DateTime<Utc>,
    ) -> Self {
        let exact = Self::exact(second, sent_at, received_at);
        Self {
            high: exact.high + TimeDelta::seconds(1),
            ..exact
        }
    }

    /// Intersects the bounds with newer ones. Returns `new` if they do not overlap, because one of
    /// the clocks was set in the meantime.
    #[must_use]
    pub fn narrow(self, new: Self) -> Self {
        let both = Self {
            low: self.low.max(new.low),
            high: self.high.min(new.high),
        };
        if both.low <= both.high { both } else { new }
    }

    /// Returns the smallest possible difference in whole seconds: positive if the other clock is
    /// ahead, negative if it is behind, 0 if the clocks may agree.
    pub fn certain_seconds(self) -> i64 {
        if self.low > TimeDelta::zero() {
            self.low.num_seconds()
        } else if self.high < TimeDelta::zero() {
            self.high.num_seconds()
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_contain_the_truth() {
        let at = |seconds: i64| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        for (other, seconds) in [(5, 0), (3, 0), (13, 8), (-20, -23)] {
            let offset = ClockOffset::exact(at(other), at(3), at(5));
            assert_eq!(offset.certain_seconds(), seconds, "{other}");
        }
        let first = ClockOffset::truncated(at(10), at(10), at(14));
        assert_eq!(first.certain_seconds(), 0);
        let set = ClockOffset::truncated(at(100), at(15), at(15));
        assert_eq!(first.narrow(set).certain_seconds(), 85);
        let same = ClockOffset::truncated(at(16), at(16), at(16));
        assert_eq!(first.narrow(same), same);
    }
}
