//! Request ids, for the log and the header `X-Request-Id` of the response.

use std::sync::atomic::{AtomicU64, Ordering};

use greenhouse_core::Clock;
use http::{HeaderMap, HeaderName};

/// Assigns request ids. Keeps the id that a proxy has set, if it is safe to log.
#[derive(Debug)]
pub(crate) struct RequestIds {
    /// Random number that distinguishes the ids of this host from those of other hosts.
    host: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new(clock: &dyn Clock) -> Self {
        let mut bytes = [0; 8];
        let host = match getrandom::fill(&mut bytes) {
            Ok(()) => u64::from_ne_bytes(bytes),
            // The number is not secret. It only has to differ from the numbers of other hosts.
            Err(_) => clock.now().timestamp_micros().cast_unsigned(),
        };
        Self {
            host,
            next: AtomicU64::new(1),
        }
    }

    /// Returns the value of the header `X-Request-Id` if there is exactly one and it is valid.
    /// Otherwise returns a new id.
    pub(crate) fn of(&self, headers: &HeaderMap) -> String {
        let mut given = headers.get_all(REQUEST_ID).iter();
        match (given.next(), given.next()) {
            (Some(one), None) if is_valid(one.as_bytes()) => {
                String::from_utf8_lossy(one.as_bytes()).into_owned()
            }
            _ => {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                format!("{:016x}-{number}", self.host)
            }
        }
    }
}

/// Returns `true` if the id can be logged and returned, and is neither an e-mail address nor a full
/// name.
fn is_valid(id: &[u8]) -> bool {
    let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
    (1..=MAX_LENGTH).contains(&id.len()) && id.iter().all(is_allowed)
}

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const MAX_LENGTH: usize = 64;

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use greenhouse_core::testing::ManualClock;
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_valid_id_is_kept_and_any_other_is_replaced() {
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
            assert!(is_valid(id.as_bytes()) && !id.contains("canary"), "{id}");
        }
        made.sort();
        made.dedup();
        assert_eq!(made.len(), refused.len(), "new ids are unique");
    }
}
