//! What a request is called, in every line of the log and in its answer.

use std::sync::atomic::{AtomicU64, Ordering};

use greenhouse_core::Clock;
use http::{HeaderMap, HeaderName};

/// Names requests: as whoever is in front of this host did, else by a name of its own.
#[derive(Debug)]
pub(crate) struct RequestIds {
    /// Tells the requests of one host from those of another.
    host: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new(clock: &dyn Clock) -> Self {
        let mut bytes = [0; 8];
        let host = match getrandom::fill(&mut bytes) {
            Ok(()) => u64::from_ne_bytes(bytes),
            // It is no secret: two hosts that start in the same microsecond are all that there is to fear.
            Err(_) => clock.now().timestamp_micros().cast_unsigned(),
        };
        Self {
            host,
            next: AtomicU64::new(1),
        }
    }

    /// The name in `X-Request-Id` if there is one that is short and harmless, else a new one.
    pub(crate) fn of(&self, headers: &HeaderMap) -> String {
        let mut given = headers.get_all(REQUEST_ID).iter();
        match (given.next(), given.next()) {
            (Some(one), None) if is_harmless(one.as_bytes()) => {
                String::from_utf8_lossy(one.as_bytes()).into_owned()
            }
            _ => {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                format!("{:016x}-{number}", self.host)
            }
        }
    }
}

/// Whether it can go into a line of the log and into an answer, and is hardly the address or the name of a person.
fn is_harmless(id: &[u8]) -> bool {
    let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
    (1..=LONGEST).contains(&id.len()) && id.iter().all(harmless)
}

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use greenhouse_core::testing::ManualClock;
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_short_and_harmless_name_is_kept_and_any_other_is_not() {
        let ids = RequestIds::new(&ManualClock::at(DateTime::UNIX_EPOCH));
        let of = |given: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for value in given {
                headers.append(REQUEST_ID, HeaderValue::from_bytes(value).unwrap());
            }
            ids.of(&headers)
        };
        let longest = "x".repeat(64);
        for kept in ["7", "0f-1:2_3.4", longest.as_str()] {
            assert_eq!(of(&[kept.as_bytes()]), kept);
        }
        let too_long = "x".repeat(65);
        let refused: [&[&[u8]]; 7] = [
            &[],
            &[b""],
            &[too_long.as_bytes()],
            &[b"canary@example.org"],
            &[b"canary two"],
            &[b"canary\xFF"],
            &[b"canary", b"canary"],
        ];
        let mut made: Vec<_> = refused.into_iter().map(of).collect();
        for id in &made {
            assert!(is_harmless(id.as_bytes()) && !id.contains("canary"), "{id}");
        }
        made.sort();
        made.dedup();
        assert_eq!(made.len(), refused.len(), "no name comes twice");
    }
}
