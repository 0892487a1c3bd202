use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::Clock;
use http::{HeaderMap, header};

/// Greenhouse's time, derived from its responses. The local clock may be wrong by minutes.
#[derive(Debug)]
pub(crate) struct ServerTime {
    clock: Arc<dyn Clock>,
    offset: Mutex<Option<Offset>>,
}

impl ServerTime {
    /// Creates a server time that equals the clock's time until the first response is observed.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            offset: Mutex::default(),
        }
    }

    /// Best estimate of the server's time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let offset = self.offset().map(Offset::middle);
        moved(self.clock.now(), offset.unwrap_or_default())
    }

    /// Time that is certainly not later than the server's.
    pub(crate) fn earliest(&self) -> DateTime<Utc> {
        let offset = self.offset().map(|offset| offset.low);
        moved(self.clock.now(), offset.unwrap_or_default())
    }

    /// Updates the offset from a response that was just received. `sent_at` is the clock time at
    /// which the request was sent. Uses `Date`, or else `X-RateLimit-Reset`, which the API sets to
    /// the time of the response plus 30 s (observed live). The token host adds 60 s, but sends a
    /// `Date`.
    pub(crate) fn observe(&self, headers: &HeaderMap, sent_at: DateTime<Utc>) {
        let received_at = self.clock.now();
        let told = date(headers).or_else(|| time_of_reset(headers));
        let observed = told.and_then(|second| Offset::observed(second, sent_at, received_at));
        if let Some(observed) = observed {
            let mut offset = self.lock();
            *offset = Some(offset.map_or(observed, |known| known.narrowed_by(observed)));
        }
    }

    /// Returns `true` after a response has revealed the time.
    pub(crate) fn is_known(&self) -> bool {
        self.offset().is_some()
    }

    /// Underlying clock.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    fn offset(&self) -> Option<Offset> {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Offset>> {
        self.offset.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lead of the server's clock over the local clock: lower and upper bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Offset {
    low: TimeDelta,
    high: TimeDelta,
}

impl Offset {
    /// Returns the bounds from one exchange during which the server's time, truncated to seconds,
    /// was `second`. `None` if the local clock was set back in the meantime.
    fn observed(
        second: DateTime<Utc>,
        sent_at: DateTime<Utc>,
        received_at: DateTime<Utc>,
    ) -> Option<Self> {
        let next_second = second.checked_add_signed(TimeDelta::seconds(1))?;
        (sent_at <= received_at).then(|| Self {
            low: second.signed_duration_since(received_at),
            high: next_second.signed_duration_since(sent_at),
        })
    }

    /// Returns the intersection of both bounds. If the bounds contradict each other, one of the
    /// clocks was changed, and the old bounds are discarded.
    fn narrowed_by(self, new: Self) -> Self {
        let both = Self {
            low: self.low.max(new.low),
            high: self.high.min(new.high),
        };
        if both.low <= both.high { both } else { new }
    }

    fn middle(self) -> TimeDelta {
        self.low + (self.high - self.low) / 2
    }
}

pub(super) fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let text = headers.get(header::DATE)?.to_str().ok()?;
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some(date.with_timezone(&Utc))
}

/// Returns the time of the response, derived from `X-RateLimit-Reset`.
pub(super) fn time_of_reset(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let seconds: i64 = headers.get(RESET)?.to_str().ok()?.trim().parse().ok()?;
    DateTime::from_timestamp(seconds.checked_sub(SECONDS_TO_RESET)?, 0)
}

fn moved(at: DateTime<Utc>, offset: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(offset).unwrap_or(at)
}

const RESET: &str = "x-ratelimit-reset";
const SECONDS_TO_RESET: i64 = 30;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use greenhouse_core::testing::ManualClock;
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_response_reveals_the_time() {
        let cases: &[(&str, Headers, i64)] = &[
            (
                "Date, truncated to seconds",
                &[("date", "Mon, 11 May 2026 13:55:09 GMT")],
                60_000,
            ),
            (
                "no Date: the reset",
                &[("x-ratelimit-reset", "1778507739")],
                60_000,
            ),
            (
                "Date before the reset",
                &[
                    ("date", "Mon, 11 May 2026 13:54:00 GMT"),
                    ("x-ratelimit-reset", "1778507739"),
                ],
                -9_000,
            ),
            ("neither", &[], 0),
            (
                "nonsense",
                &[
                    ("date", "today"),
                    ("x-ratelimit-reset", "-9223372036854775808"),
                ],
                0,
            ),
            (
                "too large",
                &[("x-ratelimit-reset", "9223372036854775807")],
                0,
            ),
            ("not a number", &[("x-ratelimit-reset", "soon")], 0),
        ];
        for (name, headers, ahead) in cases {
            let clock = Arc::new(ManualClock::at(start()));
            let time = ServerTime::new(clock.clone());
            let sent_at = time.clock().now();
            clock.advance(Duration::from_millis(200));
            time.observe(&header_map(headers), sent_at);
            let told = *ahead != 0;
            let (low, middle) = if told {
                (ahead - 200, ahead + 400)
            } else {
                (0, 0)
            };
            assert_eq!(time.earliest(), millis(200 + low), "{name}");
            assert_eq!(time.now(), millis(200 + middle), "{name}");
        }
    }

    #[test]
    fn responses_narrow_the_bounds_until_a_clock_is_changed() {
        let observed = |second: i64, sent: i64, received: i64| {
            Offset::observed(millis(second), millis(sent), millis(received))
        };
        let first = observed(0, 0, 800).unwrap();
        assert_eq!(first, offset(-800, 1000));
        let second = first.narrowed_by(observed(1000, 1100, 1200).unwrap());
        assert_eq!(second, offset(-200, 900));
        let set = second.narrowed_by(observed(60_000, 1300, 1300).unwrap());
        assert_eq!(
            set,
            offset(58_700, 59_700),
            "the server is a minute ahead now"
        );
        assert_eq!(observed(0, 800, 0), None, "the local clock was set back");
    }

    #[test]
    fn bounds_never_exclude_the_true_time() {
        let mut random = 1_u64;
        let mut below = |bound: u64| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            i64::try_from((random >> 33) % bound).unwrap()
        };
        for _ in 0..200 {
            let truth = below(600_000) - 300_000;
            let mut known: Option<Offset> = None;
            let mut now = 0;
            for _ in 0..200 {
                now += below(5_000);
                let sent = now;
                let answered = sent + below(300);
                now = answered + below(300);
                let second = (answered + truth).div_euclid(1000) * 1000;
                let observed = Offset::observed(millis(second), millis(sent), millis(now)).unwrap();
                let narrowed = known.map_or(observed, |known| known.narrowed_by(observed));
                assert!(narrowed.low <= delta(truth) && delta(truth) <= narrowed.high);
                assert!(known.is_none_or(|known| {
                    known.low <= narrowed.low && narrowed.high <= known.high
                }));
                known = Some(narrowed);
            }
            let known = known.unwrap();
            assert!(
                known.high - known.low < delta(600),
                "many responses narrow the bounds"
            );
        }
    }

    type Headers<'a> = &'a [(&'static str, &'static str)];

    fn offset(low: i64, high: i64) -> Offset {
        Offset {
            low: delta(low),
            high: delta(high),
        }
    }

    fn delta(millis: i64) -> TimeDelta {
        TimeDelta::milliseconds(millis)
    }

    fn start() -> DateTime<Utc> {
        "2026-05-11T13:54:09Z".parse().unwrap()
    }

    fn millis(millis: i64) -> DateTime<Utc> {
        start() + delta(millis)
    }

    fn header_map(headers: Headers<'_>) -> HeaderMap {
        let pairs = headers.iter().map(|(name, value)| {
            (
                http::HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        pairs.collect()
    }
}
