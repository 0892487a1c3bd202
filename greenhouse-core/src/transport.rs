//! HTTP as a port for single exchanges. Errors indicate whether the request may have been sent.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

/// Sends single HTTP requests.
///
/// Any status is `Ok`; the caller interprets it. Implementations do not follow redirects, apply the
/// deadline to the whole exchange (from name resolution to the last byte of the body) and stop
/// reading at the body limit.
#[async_trait]
pub trait HttpTransport: fmt::Debug + Send + Sync {
    /// Sends one request. Does not retry, because only the caller knows whether repeating is safe.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if there is no complete response. Its kind indicates whether the request
    /// may have reached the server.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<http::Response<Bytes>, TransportError>;
}

#[async_trait]
impl<T: HttpTransport + ?Sized> HttpTransport for Arc<T> {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        (**self).send(request, limits).await
    }
}

/// Limits of one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExchangeLimits {
    /// Maximum time from the call to the last byte of the response. Default: 10 s.
    pub deadline: Duration,
    /// Maximum size of the response body in bytes. Default: 8 MiB.
    pub max_body: usize,
}

impl Default for ExchangeLimits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(10),
            max_body: 8 * 1024 * 1024,
        }
    }
}

impl ExchangeLimits {
    /// Sets the deadline.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }
}

/// Error of an exchange that returned no usable response.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl TransportError {
    /// Creates an error of this kind without a source.
    pub fn new(kind: TransportErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Sets the source. It must contain no URL query, body or secret.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Kind of the error.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Returns `true` if the server may have received the request, and so may have acted on it.
    pub fn may_have_been_sent(&self) -> bool {
        matches!(
            self.kind,
            TransportErrorKind::Cut
                | TransportErrorKind::TimedOut
                | TransportErrorKind::AnswerTooLarge
        )
    }
}

/// Reason why an exchange failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The request could not be built and was not sent. A retry does not help.
    #[error("the request could not be built")]
    Construction,
    /// No connection, so the request was certainly not sent. A retry may succeed.
    #[error("could not connect to the server")]
    Unreachable,
    /// The deadline passed after connecting, so the request may have been sent. Retry reads, but
    /// not writes.
    #[error("the server did not respond in time")]
    TimedOut,
    /// The connection broke after connecting, so the request may have been sent. Retry reads, but
    /// not writes.
    #[error("the connection was closed before the response was complete")]
    Cut,
    /// The response body exceeds the limit. The server has received the request.
    #[error("the response is larger than the limit")]
    AnswerTooLarge,
}
