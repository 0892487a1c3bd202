//! TCP stream of a connection, with deadlines for a slow client.

use std::{
    future::Future,
    io,
    mem::MaybeUninit,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use greenhouse_core::Clock;
use hyper::body::{Body, Frame, SizeHint};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::idle::IdleHandle;
use crate::WebConfig;

/// Stream that hyper reads and writes. Returns an error if the client exceeds a deadline.
pub(super) struct TimedStream {
    stream: TcpStream,
    state: Arc<ConnectionState>,
    limits: Arc<WebConfig>,
    clock: Arc<dyn Clock>,
    /// Deadline of the current wait for a request.
    read_timer: Option<(RequestWait, Sleep)>,
    /// Deadline for a client that does not read the response.
    write_timer: Option<Sleep>,
}

/// State of the requests and responses on a connection.
#[derive(Debug)]
pub(super) struct ConnectionState {
    pub(super) idle: IdleHandle,
    /// Number of complete responses.
    responses: AtomicU64,
    /// `true` if a request has no complete response yet.
    is_busy: AtomicBool,
    /// `true` if data has arrived since the last response.
    has_data: AtomicBool,
}

/// Current wait of a connection for its next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct RequestWait {
    /// Number of complete responses before the wait.
    responses: u64,
    /// `true` if part of the head has arrived.
    head_begun: bool,
    /// `true` if the host is shutting down.
    shutting_down: bool,
}

impl ConnectionState {
    pub(super) fn new(idle: IdleHandle) -> Self {
        Self {
            idle,
            responses: AtomicU64::new(0),
            is_busy: AtomicBool::new(false),
            has_data: AtomicBool::new(false),
        }
    }

    /// Records that the head of a request is complete.
    pub(super) fn begin_request(&self) {
        self.is_busy.store(true, Relaxed);
        self.idle.leave();
    }

    fn finish_response(&self) {
        self.is_busy.store(false, Relaxed);
        self.has_data.store(false, Relaxed);
        self.responses.fetch_add(1, Relaxed);
        self.idle.enter();
        // hyper may have polled for the next request before this response was complete. The wake-up
        // starts the timer of that wait.
        self.idle.signal.waker.wake();
    }

    /// Returns the current wait, or `None` during a request.
    fn request_wait(&self) -> Option<RequestWait> {
        let is_waiting = !self.is_busy.load(Relaxed);
        is_waiting.then(|| RequestWait {
            responses: self.responses.load(Relaxed),
            head_begun: self.has_data.load(Relaxed),
            shutting_down: self.idle.is_shutting_down(),
        })
    }
}

impl TimedStream {
    pub(super) fn new(
        stream: TcpStream,
        state: Arc<ConnectionState>,
        limits: Arc<WebConfig>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            stream,
            state,
            limits,
            clock,
            read_timer: None,
            write_timer: None,
        }
    }

    /// Returns an error if the wait for a request is too long, or if the connection must close.
    /// Otherwise returns [`Poll::Pending`].
    fn poll_deadline(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let idle = &self.state.idle;
        idle.signal.waker.register(context.waker());
        let Some(wait) = self.state.request_wait() else {
            self.read_timer = None;
            return Poll::Pending;
        };
        let (_, timer) = match &mut self.read_timer {
            Some(running) if running.0 == wait => running,
            other => other.insert((wait, sleep(&self.clock, deadline(&self.limits, wait)))),
        };
        let is_late = timer.as_mut().poll(context).is_ready();
        // Between two requests, closing at shutdown loses nothing.
        let may_close = wait.shutting_down && !wait.head_begun && wait.responses > 0;
        if !(is_late || may_close || idle.must_close()) {
            return Poll::Pending;
        }
        // The socket can have data that the runtime has not reported yet.
        let has_new_request = !wait.head_begun && self.has_unread();
        if has_new_request || self.write_timer.is_some() {
            self.read_timer = None;
            idle.enter();
            return Poll::Pending;
        }
        self.read_timer = None;
        tracing::debug!(?wait, is_late, "connection closed");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn has_unread(&self) -> bool {
        let peeked = SockRef::from(&self.stream).peek(&mut [MaybeUninit::uninit()]);
        peeked.is_ok_and(|bytes| bytes > 0)
    }
}

impl AsyncRead for TimedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // hyper doubles its buffer after each read that fills it.
        let size = buffer.remaining().min(READ_SIZE);
        let mut piece = ReadBuf::new(buffer.initialize_unfilled_to(size));
        let read = Pin::new(&mut self.stream).poll_read(context, &mut piece);
        if read.is_pending() {
            return self.poll_deadline(context);
        }
        let received = piece.filled().len();
        buffer.advance(received);
        if received > 0 {
            self.state.has_data.store(true, Relaxed);
        }
        read
    }
}

impl AsyncWrite for TimedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        if written.is_ready() {
            this.write_timer = None;
            return written;
        }
        let deadline = this.limits.answer_deadline;
        let timer = this
            .write_timer
            .get_or_insert_with(|| sleep(&this.clock, deadline));
        let late = timer.as_mut().poll(context);
        late.map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Body of a response. The response is complete when the body is dropped.
pub(super) struct TrackedBody<B> {
    pub(super) body: B,
    pub(super) state: Arc<ConnectionState>,
}

impl<B: Body + Unpin> Body for TrackedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Drop for TrackedBody<B> {
    fn drop(&mut self) {
        self.state.finish_response();
    }
}

fn deadline(limits: &WebConfig, wait: RequestWait) -> Duration {
    match wait {
        RequestWait {
            responses,
            head_begun: false,
            ..
        } if responses > 0 => limits.keep_alive,
        RequestWait {
            shutting_down: true,
            ..
        } => limits.head_deadline.min(SHUTDOWN_HEAD_DEADLINE),
        _ => limits.head_deadline,
    }
}

fn sleep(clock: &Arc<dyn Clock>, duration: Duration) -> Sleep {
    let clock = Arc::clone(clock);
    Box::pin(async move { clock.sleep(duration).await })
}

type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Deadline for a head that is incomplete at shutdown.
pub(super) const SHUTDOWN_HEAD_DEADLINE: Duration = Duration::from_millis(500);

/// Maximum number of bytes that one read receives, below the size of hyper's first buffer.
const READ_SIZE: usize = 4 * 1024;
