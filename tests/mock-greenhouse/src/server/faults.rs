use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::sync::oneshot;

use crate::faults::FaultKind;
use crate::server::connection::ConnectionHandle;
use crate::server::{Body, log_and_respond, route, with_headers};
use crate::wire::{Answer, Call, Distortion};
use crate::world::{OpenExchange, World};

/// Responds to a call as the fault requires, or sends no response. The exchange log shows no status
/// for a request without a response.
pub(super) async fn serve(
    world: &Arc<World>,
    connection: &ConnectionHandle,
    mut call: Call,
    exchange: &OpenExchange<'_>,
    kind: FaultKind,
) -> Response<Body> {
    let answer = match kind {
        FaultKind::Refuse | FaultKind::Cut { applied: false } => return connection.cut().await,
        FaultKind::Cut { applied: true } => {
            route(world, &call);
            return connection.cut().await;
        }
        FaultKind::StallApplied => {
            route(world, &call);
            let _caller = StalledCaller::of(world);
            return connection.stall().await;
        }
        FaultKind::StallThenApply { seconds } => {
            let mut caller = StalledCaller::of(world);
            apply_after(world, call, caller.on_disconnect(), seconds);
            return connection.stall().await;
        }
        FaultKind::Status { status, applied } => {
            if applied {
                route(world, &call);
            }
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            Answer::message(status, status.canonical_reason().unwrap_or_default())
        }
        FaultKind::TooManyRequests {
            retry_after_seconds,
        } => {
            let window = if call.path.starts_with("/v3/") {
                &world.harvest_window
            } else {
                &world.auth_window
            };
            window.refuse(world.now(), retry_after_seconds.map(i64::from))
        }
        FaultKind::ExpiredToken => {
            if let Some(token) = call.bearer() {
                world.tokens.expire(token);
            }
            Answer::unauthorized()
        }
        FaultKind::TruncatedBody => {
            let answer = route(world, &call);
            if answer.body.is_empty() {
                return connection.cut().await;
            }
            let body = TruncatedBody::new(&answer.body);
            let (status, headers) = (answer.status, answer.headers);
            return with_headers(world, &call, status, headers, body.boxed());
        }
        FaultKind::WrongContentType => route(world, &call).with(
            "content-type",
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        FaultKind::MalformedJson => {
            let mut answer = route(world, &call);
            answer.body = answer.body.slice(..answer.body.len().div_ceil(2));
            answer
        }
        FaultKind::Lag { seconds } => {
            call.lag_seconds = Some(seconds);
            route(world, &call)
        }
        FaultKind::OtherRow => {
            call.distortion = Some(Distortion::OtherRow);
            route(world, &call)
        }
        FaultKind::RepeatedRow => {
            call.distortion = Some(Distortion::RepeatedRow);
            route(world, &call)
        }
    };
    log_and_respond(world, &call, exchange, answer)
}

/// The caller of a stalled request, which is counted until the caller disconnects.
struct StalledCaller<'a> {
    world: &'a World,
    disconnected: Option<oneshot::Sender<DateTime<Utc>>>,
}

impl<'a> StalledCaller<'a> {
    fn of(world: &'a World) -> Self {
        world.stalled_requests.fetch_add(1, Ordering::SeqCst);
        let disconnected = None;
        Self {
            world,
            disconnected,
        }
    }

    /// Returns a receiver for the time at which the caller disconnects.
    fn on_disconnect(&mut self) -> oneshot::Receiver<DateTime<Utc>> {
        let (disconnected, gone) = oneshot::channel();
        self.disconnected = Some(disconnected);
        gone
    }
}

impl Drop for StalledCaller<'_> {
    fn drop(&mut self) {
        if let Some(disconnected) = self.disconnected.take() {
            // Fails only if the mock has also stopped.
            let _ = disconnected.send(self.world.now());
        }
        self.world.stalled_requests.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Applies the call `seconds` seconds after its caller has disconnected.
fn apply_after(
    world: &Arc<World>,
    call: Call,
    gone: oneshot::Receiver<DateTime<Utc>>,
    seconds: u32,
) {
    let later = Arc::clone(world);
    world.tasks.spawn_waiting(async move {
        let wait = TimeDelta::seconds(seconds.into());
        if let Some(due) = gone.await.ok().and_then(|at| at.checked_add_signed(wait)) {
            later.config.clock.sleep_until(due).await;
            route(&later, &call);
        }
    });
}

/// A body that declares its full length but ends half-way.
struct TruncatedBody {
    first: Option<Bytes>,
    whole: u64,
    flushed: bool,
}

impl TruncatedBody {
    fn new(body: &Bytes) -> Self {
        Self {
            first: Some(body.slice(..body.len() / 2)),
            whole: body.len() as u64,
            flushed: false,
        }
    }
}

impl hyper::body::Body for TruncatedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if !self.flushed {
            // The server flushes while the body is pending, so that the first half is really sent.
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into())))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole)
    }
}
