//! Reading the body of a request, of which nobody has promised anything.

use std::{fmt::Display, future::poll_fn, pin::pin};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use futures_core::Stream;
use greenhouse_core::answer;
use http::{HeaderMap, Response, StatusCode, header};

/// Reads at most `limit` bytes. A body that says that it is longer is not begun.
pub(crate) async fn read<D: Buf, E: Display>(
    headers: &HeaderMap,
    chunks: impl Stream<Item = Result<D, E>>,
    limit: usize,
) -> Result<Bytes, Unread> {
    if declared_length(headers).is_some_and(|length| length > limit as u64) {
        return Err(Unread::TooLarge);
    }
    let mut chunks = pin!(chunks);
    let mut body = BytesMut::new();
    while let Some(chunk) = poll_fn(|context| chunks.as_mut().poll_next(context)).await {
        let chunk = chunk.map_err(|error| {
            tracing::debug!(%error, "a body broke off");
            Unread::Broken
        })?;
        if chunk.remaining() > limit - body.len() {
            return Err(Unread::TooLarge);
        }
        body.put(chunk);
    }
    Ok(body.freeze())
}

/// Why there is no body to go on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    TooLarge,
    TooSlow,
    Broken,
}

impl Unread {
    pub(crate) fn answer(self) -> Response<Bytes> {
        match self {
            Self::TooLarge => answer::problem(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "the body is too large",
            ),
            Self::TooSlow => answer::problem(
                StatusCode::REQUEST_TIMEOUT,
                "too_slow",
                "the body did not arrive in time",
            ),
            Self::Broken => answer::problem(
                StatusCode::BAD_REQUEST,
                "broken_body",
                "the body could not be read to its end",
            ),
        }
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
    use std::{
        io,
        pin::Pin,
        task::{Context, Poll},
    };

    use http::HeaderValue;

    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit_and_no_chunk_further() {
        for (chunks, expected) in [
            (&[][..], Ok("")),
            (&["abcd"], Ok("abcd")),
            (&["ab", "", "cd"], Ok("abcd")),
            (&["abcde"], Err(Unread::TooLarge)),
            (&["abcd", "e", BREAK], Err(Unread::TooLarge)),
            (&["ab", BREAK], Err(Unread::Broken)),
        ] {
            let read = read(&HeaderMap::new(), Chunks(chunks.iter()), 4).await;
            assert_eq!(read, expected.map(Bytes::from), "{chunks:?}");
        }
    }

    #[tokio::test]
    async fn a_body_that_says_that_it_is_too_long_is_not_begun() {
        for (length, expected) in [
            ("5", Err(Unread::TooLarge)),
            ("99999999999999999999", Err(Unread::Broken)),
            ("4", Err(Unread::Broken)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static(length));
            let read = read(&headers, Chunks([BREAK].iter()), 4).await;
            assert_eq!(read, expected, "{length}");
        }
    }

    struct Chunks<'a>(std::slice::Iter<'a, &'static str>);

    impl Stream for Chunks<'_> {
        type Item = io::Result<Bytes>;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            Poll::Ready(self.0.next().map(|chunk| match *chunk {
                BREAK => Err(io::ErrorKind::ConnectionReset.into()),
                chunk => Ok(Bytes::from(chunk)),
            }))
        }
    }

    const BREAK: &str = "break";
}
