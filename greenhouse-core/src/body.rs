//! Reads request bodies within size and time limits, for any web framework.

use std::{fmt::Display, pin::pin, time::Duration};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use http::{HeaderMap, Response, StatusCode, header};

use crate::{Clock, answer, within};

/// Reads the whole body of a request: at most `limit` bytes, within `deadline`.
///
/// The limit applies while reading, so it also covers a body without a declared length. A body with
/// a larger declared length is not read.
///
/// # Errors
///
/// The response to send instead: 413 if the body is too large, 408 if it is too slow, 400 if it
/// ends early.
pub async fn read<D: Buf, E: Display>(
    headers: &HeaderMap,
    chunks: impl Stream<Item = Result<D, E>>,
    limit: usize,
    deadline: Duration,
    clock: &dyn Clock,
) -> Result<Bytes, Response<Bytes>> {
    let read = within(clock, deadline, collect(headers, chunks, limit)).await;
    read.unwrap_or(Err(BodyFailure::TooSlow))
        .map_err(BodyFailure::response)
}

async fn collect<D: Buf, E: Display>(
    headers: &HeaderMap,
    chunks: impl Stream<Item = Result<D, E>>,
    limit: usize,
) -> Result<Bytes, BodyFailure> {
    if declared_length(headers).is_some_and(|length| length > limit as u64) {
        return Err(BodyFailure::TooLarge);
    }
    let mut chunks = pin!(chunks);
    let mut body = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| {
            tracing::debug!(%error, "request body ended early");
            BodyFailure::Broken
        })?;
        if chunk.remaining() > limit - body.len() {
            return Err(BodyFailure::TooLarge);
        }
        body.put(chunk);
    }
    Ok(body.freeze())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BodyFailure {
    TooLarge,
    TooSlow,
    Broken,
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
        };
        answer::problem(status, code, message)
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
        let read = read(&HeaderMap::new(), never, 4, deadline, &SystemClock).await;
        assert_eq!(read.unwrap_err().status(), StatusCode::REQUEST_TIMEOUT);
    }

    async fn of(headers: &HeaderMap, chunks: &[&'static str]) -> Result<Bytes, u16> {
        let chunks = stream::iter(chunks.to_vec()).map(|chunk| match chunk {
            BREAK => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
            chunk => Ok(Bytes::from(chunk)),
        });
        let deadline = Duration::from_secs(60);
        let read = read(headers, chunks, 4, deadline, &SystemClock).await;
        read.map_err(|response| response.status().as_u16())
    }

    const BREAK: &str = "break";
}
