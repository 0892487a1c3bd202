use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method};

use crate::clock::MockClock;

/// Direction of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// A client called the mock.
    Inbound,
    /// The mock called a server.
    Outbound,
}

/// One request and its response as sent. `Debug` shows neither bodies nor queries, because they
/// contain personal data.
#[derive(Clone)]
#[non_exhaustive]
pub struct Exchange {
    /// Number of the exchange, counted from 1 in the order in which requests began.
    pub number: u64,
    /// Time of the request on the mock's clock.
    pub at: DateTime<Utc>,
    /// Direction of the call.
    pub direction: Direction,
    /// The HTTP method.
    pub method: Method,
    /// Path and query of an inbound request, or the absolute URL of an outbound call.
    pub url: String,
    /// The headers of the request in order. For `Authorization`, only the scheme is kept.
    pub request_headers: Vec<(String, String)>,
    /// The body of the request, at most its first 64 KiB. Secrets are removed.
    pub request_body: Bytes,
    /// The status of the response. `None` while in progress, or if there was no response.
    pub status: Option<u16>,
    /// The body of the response, at most its first 64 KiB. Tokens are removed.
    pub response_body: Bytes,
    /// Time on the mock's clock at which the exchange ended, with a response, a reset, or a caller
    /// that gave up. `None` while in progress.
    pub ended_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("number", &self.number)
            .field("direction", &self.direction)
            .field("method", &self.method)
            .field("path", &self.url.split('?').next())
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Exchange {
    /// Returns the approximate size in bytes.
    fn weight(&self) -> usize {
        let headers = self.request_headers.iter();
        let headers: usize = headers.map(|(name, value)| name.len() + value.len()).sum();
        self.url.len() + headers + self.request_body.len() + self.response_body.len()
    }
}

/// Every exchange in order. The oldest exchanges are dropped if there are too many or if they use
/// too much memory.
#[derive(Debug, Default)]
pub(crate) struct ExchangeLog {
    kept: Mutex<LoggedExchanges>,
}

#[derive(Debug, Default)]
struct LoggedExchanges {
    begun: u64,
    bytes: usize,
    exchanges: VecDeque<Exchange>,
}

impl LoggedExchanges {
    fn find(&mut self, number: u64) -> Option<&mut Exchange> {
        let mut newest_first = self.exchanges.iter_mut().rev();
        newest_first.find(|exchange| exchange.number == number)
    }

    fn make_room(&mut self) {
        while self.exchanges.len() > KEPT || self.bytes > KEPT_BYTES {
            let Some(oldest) = self.exchanges.pop_front() else {
                return;
            };
            self.bytes = self.bytes.saturating_sub(oldest.weight());
        }
    }
}

impl ExchangeLog {
    /// Logs a request that begins now.
    pub(crate) fn begin<'a>(
        &'a self,
        clock: &'a MockClock,
        direction: Direction,
        method: &Method,
        url: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> OpenExchange<'a> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.begun += 1;
        let number = kept.begun;
        let exchange = Exchange {
            number,
            at: clock.now(),
            direction,
            method: method.clone(),
            url: url.to_owned(),
            request_headers: without_credentials(headers),
            request_body: excerpt(body),
            status: None,
            response_body: Bytes::new(),
            ended_at: None,
        };
        kept.bytes += exchange.weight();
        kept.exchanges.push_back(exchange);
        kept.make_room();
        OpenExchange {
            log: self,
            clock,
            number,
        }
    }

    pub(crate) fn since(&self, number: u64) -> Vec<Exchange> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.exchanges
            .iter()
            .filter(|exchange| exchange.number > number)
            .cloned()
            .collect()
    }
}

/// An exchange in progress. Logs its end when dropped.
pub(crate) struct OpenExchange<'a> {
    log: &'a ExchangeLog,
    clock: &'a MockClock,
    number: u64,
}

impl OpenExchange<'_> {
    /// Logs the response.
    pub(crate) fn finish(&self, status: u16, body: &Bytes) {
        let mut kept = self.log.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let response_body = excerpt(body);
        let Some(exchange) = kept.find(self.number) else {
            return;
        };
        exchange.status = Some(status);
        exchange.response_body = response_body;
        kept.bytes += body.len().min(KEPT_BODY);
        kept.make_room();
    }
}

impl Drop for OpenExchange<'_> {
    fn drop(&mut self) {
        let mut kept = self.log.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(exchange) = kept.find(self.number) {
            exchange.ended_at = Some(self.clock.now());
        }
    }
}

/// Returns header names and values in order, without credentials.
pub(crate) fn without_credentials(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            let value = if name == AUTHORIZATION {
                value.split(' ').next().unwrap_or_default().to_owned()
            } else {
                value.into_owned()
            };
            (name.as_str().to_owned(), value)
        })
        .collect()
}

/// Copies the start of a long body, so that the excerpt does not keep the whole body in memory.
fn excerpt(body: &Bytes) -> Bytes {
    if body.len() <= KEPT_BODY {
        body.clone()
    } else {
        body.iter().take(KEPT_BODY).copied().collect()
    }
}

const KEPT: usize = 10_000;
const KEPT_BYTES: usize = 64 * 1024 * 1024;
const KEPT_BODY: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_addresses_and_headers_count_like_bodies() {
        let log = ExchangeLog::default();
        let url = "u".repeat(1024 * 1024);
        let headers = HeaderMap::from_iter([(
            http::header::COOKIE,
            http::HeaderValue::from_str(&url).unwrap(),
        )]);
        for _ in 0..40 {
            let (clock, get, body) = (MockClock::real(), &Method::GET, Bytes::new());
            log.begin(&clock, Direction::Inbound, get, &url, &headers, &body);
        }
        let numbers: Vec<u64> = log.since(0).iter().map(|kept| kept.number).collect();
        assert_eq!((numbers.len(), numbers.last()), (31, Some(&40)));
    }
}
