//! HTTP, as a port: one exchange at a time, with what a caller must know about its failure.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

/// Sends one HTTP request and answers with whatever came back.
///
/// Any status is `Ok`: what a status means is the caller's business. Implementations follow no redirect, keep the
/// deadline over the whole exchange (name look-up to the last byte of the body) and stop reading at the body limit.
#[async_trait]
pub trait HttpTransport: fmt::Debug + Send + Sync {
    /// Carries out one exchange. Never retried in here: the caller knows whether repeating is safe.
    ///
    /// # Errors
    ///
    /// A [`TransportError`], whose kind tells whether the request may have reached the server.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<http::Response<Bytes>, TransportError>;
}

/// A shared transport is a transport.
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

/// How long an exchange may take and how large its answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExchangeLimits {
    /// From the call to the last byte of the answer. Default: 10 s.
    pub deadline: Duration,
    /// The answer's body in bytes. Default: 8 MiB.
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
    /// The same limits with another deadline.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }
}

/// An exchange that gave no answer.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl TransportError {
    /// An error of this kind without a cause to name.
    pub fn new(kind: TransportErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// The same error with its cause. The cause must hold neither URL query, body nor secret.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether the server may have got the request, and so may have acted on it.
    pub fn may_have_been_sent(&self) -> bool {
        matches!(
            self.kind,
            TransportErrorKind::Cut
                | TransportErrorKind::TimedOut
                | TransportErrorKind::AnswerTooLarge
        )
    }
}

/// Why an exchange gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The request could not be made, and was not sent. Repeating it changes nothing.
    #[error("the request could not be built")]
    Construction,
    /// No connection came about: certainly not sent. Worth a retry.
    #[error("the server could not be reached")]
    Unreachable,
    /// The deadline passed after connecting: possibly sent. A read is worth a retry, a write is not.
    #[error("the server did not answer in time")]
    TimedOut,
    /// The connection broke after connecting: possibly sent. A read is worth a retry, a write is not.
    #[error("the connection was cut")]
    Cut,
    /// The server answered, and the body went over the limit.
    #[error("the answer was larger than allowed")]
    AnswerTooLarge,
}
