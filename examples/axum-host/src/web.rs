//! The glue to axum: read a bounded body, hand the request over, hand the answer back.

use std::{
    future::{Future, IntoFuture},
    io,
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::{self, Body},
    extract::{Request, State},
    response::Response,
};
use greenhouse_core::answer;
use http::StatusCode;
use tokio::{net::TcpListener, sync::Notify};

use crate::Host;

/// The whole service as a router; nest it or serve it alone.
pub fn router(host: Arc<Host>) -> Router {
    Router::new().fallback(handle).with_state(host)
}

/// Serves until `stop` is ready, then answers what was accepted, for at most ten seconds more: a client that is slow to
/// send its request does not keep the process.
///
/// # Errors
///
/// Whatever the listener reports.
pub async fn serve(
    listener: TcpListener,
    host: Arc<Host>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let stopping = Arc::new(Notify::new());
    let stopped = Arc::clone(&stopping);
    let signal = async move {
        stop.await;
        stopping.notify_one();
    };
    let grace_ends = async {
        stopped.notified().await;
        tokio::time::sleep(GRACE).await;
    };
    let served = axum::serve(listener, router(host))
        .with_graceful_shutdown(signal)
        .into_future();
    tokio::select! {
        served = served => served,
        () = grace_ends => Ok(()),
    }
}

async fn handle(State(host): State<Arc<Host>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let read = body::to_bytes(body, host.body_limit(&parts));
    let answer = match tokio::time::timeout(BODY_DEADLINE, read).await {
        Ok(Ok(bytes)) => host.handle(http::Request::from_parts(parts, bytes)).await,
        Ok(Err(_)) => answer::problem(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "the body is too large",
        ),
        Err(_) => answer::problem(
            StatusCode::REQUEST_TIMEOUT,
            "too_slow",
            "the body did not arrive in time",
        ),
    };
    answer.map(Body::from)
}

const BODY_DEADLINE: Duration = Duration::from_secs(20);
const GRACE: Duration = Duration::from_secs(10);
