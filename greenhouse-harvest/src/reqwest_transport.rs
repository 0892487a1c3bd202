use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use greenhouse_core::{ExchangeLimits, HttpTransport, TransportError, TransportErrorKind};
use http::{Request, Response};
use reqwest::{Client, ClientBuilder, redirect::Policy};

/// [`HttpTransport`] based on reqwest. All clones share one connection pool.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    client: Client,
}

impl ReqwestTransport {
    /// Creates a transport that uses the proxy set in the environment (`HTTPS_PROXY` and similar),
    /// if any.
    ///
    /// # Errors
    ///
    /// [`TransportErrorKind::Construction`] if TLS cannot be set up on this machine.
    pub fn new() -> Result<Self, TransportError> {
        Self::build(Client::builder())
    }

    /// Creates a transport that ignores the proxy set in the environment, for servers on the same
    /// machine.
    ///
    /// # Errors
    ///
    /// Same as [`new`](Self::new).
    pub fn direct() -> Result<Self, TransportError> {
        Self::build(Client::builder().no_proxy())
    }

    fn build(builder: ClientBuilder) -> Result<Self, TransportError> {
        builder
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(USER_AGENT)
            .build()
            .map(|client| Self { client })
            .map_err(transport_error)
    }
}

#[async_trait]
impl HttpTransport for ReqwestTransport {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let request = request.map(reqwest::Body::from);
        let mut request = reqwest::Request::try_from(request).map_err(transport_error)?;
        // Covers the exchange up to the last byte of the body.
        *request.timeout_mut() = Some(limits.deadline);
        let mut answer = self
            .client
            .execute(request)
            .await
            .map_err(transport_error)?;

        let too_large = || TransportError::new(TransportErrorKind::AnswerTooLarge);
        let announced = answer.content_length().unwrap_or_default();
        if usize::try_from(announced).map_or(true, |length| length > limits.max_body) {
            return Err(too_large());
        }
        let (mut chunks, mut length) = (Vec::new(), 0_usize);
        while let Some(chunk) = answer.chunk().await.map_err(transport_error)? {
            length = length.saturating_add(chunk.len());
            if length > limits.max_body {
                return Err(too_large());
            }
            chunks.push(chunk);
        }
        let mut response = Response::new(concat(chunks, length));
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

/// Concatenates the chunks of a body. Copies each chunk at most once.
fn concat(mut chunks: Vec<Bytes>, length: usize) -> Bytes {
    if chunks.len() == 1 {
        return chunks.swap_remove(0);
    }
    let mut body = BytesMut::with_capacity(length);
    for chunk in chunks {
        body.extend_from_slice(&chunk);
    }
    body.freeze()
}

/// Classifies an error. reqwest reports a connect timeout as both connect and timeout, so connect
/// is checked first. A timeout while connecting that is not reported as connect counts as possibly
/// sent.
fn transport_error(error: reqwest::Error) -> TransportError {
    let kind = if error.is_builder() {
        TransportErrorKind::Construction
    } else if error.is_connect() {
        TransportErrorKind::Unreachable
    } else if error.is_timeout() {
        TransportErrorKind::TimedOut
    } else {
        TransportErrorKind::Cut
    };
    TransportError::new(kind).with_source(error.without_url())
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const USER_AGENT: &str = concat!("greenhouse-harvest/", env!("CARGO_PKG_VERSION"));
