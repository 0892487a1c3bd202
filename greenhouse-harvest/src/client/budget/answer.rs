use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{later, store::RATE_WINDOW};
use http::{HeaderMap, Response, StatusCode};

use super::super::{
    retry::retry_after,
    server_time::{date, time_of_reset},
};

/// Rate limit information in a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    /// Start of the window in which Greenhouse counted the request; `None` if unknown.
    pub(super) window: Option<DateTime<Utc>>,
    pub(super) rate: Option<Rate>,
    /// If the limit was exceeded, the time before which no client may send.
    pub(super) held_until: Option<DateTime<Utc>>,
    /// `true` if Greenhouse counted the request. Greenhouse counts a request after it has checked
    /// the token (observed live).
    pub(super) counted: bool,
}

/// Rate limit of a window, and the remaining requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) limit: u32,
    pub(crate) left: u32,
}

impl Rate {
    pub(super) fn used(self) -> u32 {
        self.limit.saturating_sub(self.left)
    }
}

impl Answer {
    /// Response without rate limit information.
    pub(super) const NONE: Self = Self {
        window: None,
        rate: None,
        held_until: None,
        counted: true,
    };

    /// Reads a response that was received at or after `now`, in the server's time.
    pub(super) fn read(response: &Response<Bytes>, now: DateTime<Utc>) -> Self {
        let headers = response.headers();
        let rate = rate(headers);
        let counted_at = counted_at(headers);
        let window = counted_at.map(window_of);
        let held_until = (response.status() == StatusCode::TOO_MANY_REQUESTS).then(|| {
            let asked = retry_after(headers).map(|wait| wait.min(LONGEST_HOLD));
            match asked {
                Some(wait) => later(now, wait),
                None => later(window.unwrap_or_else(|| window_of(now)), RATE_WINDOW),
            }
        });
        Self {
            window,
            rate,
            held_until,
            counted: rate.is_some() || response.status() != StatusCode::UNAUTHORIZED,
        }
    }
}

/// Returns the start of the window that contains `time`.
pub(super) fn window_of(time: DateTime<Utc>) -> DateTime<Utc> {
    let length = i64::try_from(RATE_WINDOW.as_secs()).unwrap_or(i64::MAX);
    let into = time.timestamp().rem_euclid(length);
    let start = time.timestamp().checked_sub(into);
    start
        .and_then(|start| DateTime::from_timestamp(start, 0))
        .unwrap_or(time)
}

fn rate(headers: &HeaderMap) -> Option<Rate> {
    let number = |name| -> Option<u32> { headers.get(name)?.to_str().ok()?.trim().parse().ok() };
    let limit = number("x-ratelimit-limit").filter(|limit| *limit > 0)?;
    let left = number("x-ratelimit-remaining")?;
    Some(Rate { limit, left })
}

/// Returns the time at which the request was counted. `X-RateLimit-Reset` is calculated when the
/// request is counted. `Date` is set when the response is sent, which may be in the next window.
fn counted_at(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let (date, reset) = (date(headers), time_of_reset(headers));
    match (date, reset) {
        (Some(date), Some(reset)) => {
            let apart = date.signed_duration_since(reset).abs().to_std();
            let plausible = apart.is_ok_and(|apart| apart <= RATE_WINDOW);
            Some(if plausible { reset } else { date })
        }
        (date, reset) => date.or(reset),
    }
}

/// Maximum `Retry-After` that is honored. Longer than any window.
const LONGEST_HOLD: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_read_with_the_information_that_it_has() {
        let limit = [("x-ratelimit-limit", "50"), ("x-ratelimit-remaining", "12")];
        let date = ("date", "Mon, 11 May 2026 13:54:09 GMT");
        let rate = Some(Rate {
            limit: 50,
            left: 12,
        });
        let nothing = Answer::NONE;
        let in_window = Answer {
            window: Some(at(0)),
            ..nothing
        };
        let held = |end| Answer {
            held_until: Some(at(end)),
            ..in_window
        };
        type Headers<'a> = &'a [(&'static str, &'static str)];
        let cases: &[(u16, Headers<'_>, Answer)] = &[
            (200, &[], nothing),
            (200, &limit, Answer { rate, ..nothing }),
            (200, &limit[..1], nothing),
            (200, &[("x-ratelimit-limit", "0"), limit[1]], nothing),
            (200, &[("x-ratelimit-limit", "-1"), limit[1]], nothing),
            (200, &[date], in_window),
            (200, &[("x-ratelimit-reset", "1778507679")], in_window),
            (200, &[date, ("x-ratelimit-reset", "30")], in_window),
            (
                200,
                &[
                    ("date", "Mon, 11 May 2026 13:54:30 GMT"),
                    ("x-ratelimit-reset", "1778507699"),
                ],
                in_window,
            ),
            (
                401,
                &[date],
                Answer {
                    counted: false,
                    ..in_window
                },
            ),
            (
                401,
                &[date, limit[0], limit[1]],
                Answer { rate, ..in_window },
            ),
            (429, &[date], held(30)),
            (429, &[date, ("retry-after", "7")], held(12)),
            (429, &[date, ("retry-after", "soon")], held(30)),
            (429, &[date, ("retry-after", "99999999999")], held(5 + 3600)),
            (
                429,
                &[("retry-after", "7")],
                Answer {
                    held_until: Some(at(12)),
                    ..nothing
                },
            ),
            (
                429,
                &[],
                Answer {
                    held_until: Some(at(30)),
                    ..nothing
                },
            ),
        ];
        for (status, headers, reported) in cases {
            let mut response = Response::builder().status(*status);
            for (name, value) in *headers {
                response = response.header(*name, *value);
            }
            let response = response.body(Bytes::new()).unwrap();
            assert_eq!(
                Answer::read(&response, at(5)),
                *reported,
                "{status} {headers:?}"
            );
        }
    }

    #[test]
    fn windows_are_aligned_to_the_clock() {
        for (seconds, window) in [(0, 0), (1, 0), (29, 0), (30, 30), (-1, -30)] {
            assert_eq!(window_of(at(seconds)), at(window));
        }
        let last = DateTime::<Utc>::MAX_UTC;
        assert!(window_of(last) <= last);
        let first = DateTime::<Utc>::MIN_UTC;
        assert!(window_of(first) <= first);
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_778_507_640 + seconds, 0).unwrap()
    }
}
