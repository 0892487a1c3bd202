use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode, Uri};

use crate::{ExchangeLimits, HttpTransport, TransportError, TransportErrorKind};

/// Transport with scripted responses that records requests.
///
/// A request after the last scripted response fails with [`TransportErrorKind::Construction`]. It
/// is also recorded in [`sent`](Self::sent), so that a test that counts its requests fails.
#[derive(Default)]
pub struct ScriptedTransport {
    answers: Mutex<VecDeque<Result<Response<Bytes>, TransportErrorKind>>>,
    sent: Mutex<Vec<SentRequest>>,
    hesitates: AtomicBool,
}

/// Recorded request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SentRequest {
    /// HTTP method.
    pub method: Method,
    /// URL.
    pub uri: Uri,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl ScriptedTransport {
    /// Creates a transport without a script.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a response with this status and body.
    pub fn answer(&self, status: StatusCode, body: impl Into<Bytes>) {
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        self.push(Ok(response));
    }

    /// Adds a failure of this kind.
    pub fn fail(&self, kind: TransportErrorKind) {
        self.push(Err(kind));
    }

    /// Makes the next request pending after its first poll, which records it, so that a test can
    /// act before the response.
    pub fn hesitate(&self) {
        self.hesitates.store(true, Ordering::SeqCst);
    }

    /// Requests so far, in order.
    pub fn sent(&self) -> Vec<SentRequest> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn push(&self, answer: Result<Response<Bytes>, TransportErrorKind>) {
        self.answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(answer);
    }
}

impl fmt::Debug for ScriptedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScriptedTransport")
    }
}

#[async_trait]
impl HttpTransport for ScriptedTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let (parts, body) = request.into_parts();
        let sent = SentRequest {
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            body,
        };
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sent);
        poll_fn(|context| {
            if self.hesitates.swap(false, Ordering::SeqCst) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        let answer = self
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        answer
            .unwrap_or(Err(TransportErrorKind::Construction))
            .map_err(TransportError::new)
    }
}
