//! Reads request bodies within size and time limits, for any web framework.

mod budget;

use std::{fmt::Display, pin::pin, time::Duration};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

pub use self::budget::{BodyBudget, BodyShare, HeldBody};
use crate::{Clock, answer, within};

/// Reads the whole body of a request: at most `limit` bytes, within `deadline`. The bytes are
/// reserved from `budget` until the returned [`HeldBody`] is dropped.
///
/// The limits apply while reading, so they also cover a body without a declared length. A body with
/// a larger declared length is not read.
///
/// # Errors
///
/// The response to send instead: 413 if the body is too large, 408 if it is too slow, 400 if it
/// ends early, 503 with `Retry-After` if the budget is exhausted.
pub async fn read<D: Buf, E: Display>(
    headers: &HeaderMap,
    chunks: impl Stream<Item = Result<D, E>>,
    limit: usize,
    deadline: Duration,
    clock: &dyn Clock,
    budget: &BodyBudget,
) -> Result<HeldBody, Response<Bytes>> {
    let read = within(clock, deadline, collect(headers, chunks, limit, budget)).await;
    read.unwrap_or(Err(BodyFailure::TooSlow))
        .inspect_err(|failure| {
            if *failure == BodyFailure::NoRoom {
                let budget = budget.bytes();
                tracing::warn!(
                    budget,
                    "request refused: the bodies of other requests use the whole body budget"
                );
            }
        })
        .map_err(BodyFailure::response)
}

async fn collect<D: Buf, E: Display>(
    headers: &HeaderMap,
    chunks: impl Stream<Item = Result<D, E>>,
    limit: usize,
    budget: &BodyBudget,
) -> Result<HeldBody, BodyFailure> {
    if declared_length(headers).is_some_and(|length| length > limit as u64) {
        return Err(BodyFailure::TooLarge);
    }
    let mut chunks = pin!(chunks);
    let (mut body, mut share) = (BytesMut::new(), budget.share());
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| {
            tracing::debug!(%error, "request body ended early");
            BodyFailure::Broken
        })?;
        if chunk.remaining() > limit - body.len() {
            return Err(BodyFailure::TooLarge);
        }
        if !share.grow(chunk.remaining()) {
            return Err(BodyFailure::NoRoom);
        }
        body.put(chunk);
    }
    Ok(HeldBody::new(body.freeze(), share))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BodyFailure {
    TooLarge,
    TooSlow,
    Broken,
    /// The budget of all bodies is exhausted.
    NoRoom,
}

impl BodyFailure {
    fn response(self) -> Response<Bytes> {
        let (status, code, message) = match self {
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "the body is too large",
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "too_slow",
                "the body did not arrive in time",
            ),
            Self::Broken => (
                StatusCode::BAD_REQUEST,
                "broken_body",
                "the body ended early",
            ),
            Self::NoRoom => (
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "the server is receiving too many large requests; try again",
            ),
        };
        let mut response = answer::problem(status, code, message);
        if self == Self::NoRoom {
            let soon = HeaderValue::from(RETRY_AFTER.as_secs());
            response.headers_mut().insert(header::RETRY_AFTER, soon);
        }
        response
    }
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Value of the header `Retry-After`: long enough for most current requests to finish.
const RETRY_AFTER: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::io;

    use futures_util::stream::{self, pending};
    use http::HeaderValue;

    use super::*;
    use crate::SystemClock;

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        for (chunks, expected) in [
            (&[][..], Ok("")),
            (&["abcd"], Ok("abcd")),
            (&["ab", "", "cd"], Ok("abcd")),
            (&["abcde"], Err(413)),
            (&["abcd", "e", BREAK], Err(413)),
            (&["ab", BREAK], Err(400)),
        ] {
            let read = of(&HeaderMap::new(), chunks).await;
            assert_eq!(read, expected.map(Bytes::from), "{chunks:?}");
        }
    }

    #[tokio::test]
    async fn a_body_with_too_large_a_declared_length_is_not_read() {
        for (length, expected) in [("5", 413), ("99999999999999999999", 400), ("4", 400)] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static(length));
            assert_eq!(of(&headers, &[BREAK]).await, Err(expected), "{length}");
        }
    }

    #[tokio::test]
    async fn a_slow_body_times_out() {
        let never = pending::<io::Result<Bytes>>();
        let deadline = Duration::from_millis(1);
        let (headers, budget) = (HeaderMap::new(), BodyBudget::new(4));
        let read = read(&headers, never, 4, deadline, &SystemClock, &budget).await;
        assert_eq!(read.unwrap_err().status(), StatusCode::REQUEST_TIMEOUT);
    }

    #[tokio::test]
    async fn all_bodies_share_the_budget_until_they_are_dropped() {
        let budget = BodyBudget::new(10);
        let read = async |body: &'static str| {
            let chunks = stream::iter(body.as_bytes().chunks(2)).map(Ok::<_, io::Error>);
            let (headers, deadline) = (HeaderMap::new(), Duration::from_secs(60));
            read(&headers, chunks, 8, deadline, &SystemClock, &budget).await
        };
        let first = read("12345678").await.unwrap();
        let refused = read("1234").await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers()[header::RETRY_AFTER], "10");
        assert_eq!(budget.free(), 2, "a refused body returns its share");
        let second = read("12").await.unwrap();
        assert_eq!((second.bytes(), budget.free()), (&Bytes::from("12"), 0));
        drop(first);
        assert_eq!(read("1234").await.unwrap().bytes(), "1234");
        drop(second);
        assert_eq!(budget.free(), 10);
    }

    async fn of(headers: &HeaderMap, chunks: &[&'static str]) -> Result<Bytes, u16> {
        let chunks = stream::iter(chunks.to_vec()).map(|chunk| match chunk {
            BREAK => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
            chunk => Ok(Bytes::from(chunk)),
        });
        let deadline = Duration::from_secs(60);
        let budget = BodyBudget::new(100);
        let read = read(headers, chunks, 4, deadline, &SystemClock, &budget).await;
        let read = read.map(|held| held.bytes().clone());
        read.map_err(|response| response.status().as_u16())
    }

    const BREAK: &str = "break";
}
