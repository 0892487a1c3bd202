use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::LOCATION;
use http::{HeaderMap, Method, StatusCode};
use thiserror::Error;
use url::Url;

use crate::world::{Direction, World};

/// An outbound call.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The response to an outbound call.
pub(crate) struct Incoming {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) body: Bytes,
}

/// Error from a call without a complete response. Omits the URL, which can be a signed link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum CallError {
    #[error("expected an absolute http or https URL")]
    Url,
    #[error("connection failed")]
    Unreachable,
    #[error("no response within 10 seconds")]
    TimedOut,
    #[error("connection closed before the end of the response")]
    Broken,
    #[error("expected a response of at most 4 MiB")]
    TooLarge,
}

/// Makes one call and logs it. Does not follow redirects. Any status is `Ok`.
pub(crate) async fn send(world: &Arc<World>, outgoing: Outgoing) -> Result<Incoming, CallError> {
    let url = Url::parse(&outgoing.url).map_err(|_| CallError::Url)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(CallError::Url);
    }
    let client = CLIENT.get_or_init(client).as_ref();
    let client = client.ok_or(CallError::Unreachable)?;
    let exchange = world.begin_exchange(
        Direction::Outbound,
        &outgoing.method,
        url.as_str(),
        &outgoing.headers,
        &outgoing.body,
    );
    let request = client
        .request(outgoing.method, url)
        .headers(outgoing.headers)
        .body(outgoing.body);
    let response = request.send().await.map_err(|error| classify(&error))?;
    let status = response.status();
    let location = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let body = read(response).await?;
    exchange.finish(status.as_u16(), &body);
    Ok(Incoming {
        status,
        location,
        body,
    })
}

async fn read(mut response: reqwest::Response) -> Result<Bytes, CallError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| classify(&error))? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(CallError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn classify(error: &reqwest::Error) -> CallError {
    if error.is_connect() {
        CallError::Unreachable
    } else if error.is_timeout() {
        CallError::TimedOut
    } else {
        CallError::Broken
    }
}

/// Creates a client that keeps no idle connections, so that a stopped mock leaves none open and all
/// mocks can share the client.
fn client() -> Option<reqwest::Client> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT)
        .timeout(WHOLE_CALL)
        .build()
        .ok()
}

/// Client for every outbound call. Created at the first call, because loading the system's
/// certificates is slow and a mock that only serves does not need the client.
static CLIENT: OnceLock<Option<reqwest::Client>> = OnceLock::new();
const CONNECT: Duration = Duration::from_secs(5);
const WHOLE_CALL: Duration = Duration::from_secs(10);
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;
