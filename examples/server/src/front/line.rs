//! A connection that ends by itself if its client takes too long.

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

use super::seats::Seat;
use crate::WebConfig;

/// The stream of a connection. hyper reads and writes it; waits that are too long end in an error.
pub(super) struct Line {
    stream: TcpStream,
    progress: Arc<Progress>,
    limits: Arc<WebConfig>,
    clock: Arc<dyn Clock>,
    /// Ends the wait for a request.
    waiting: Option<(Wait, Sleep)>,
    /// Ends the wait for a client that does not read.
    stuck: Option<Sleep>,
}

/// What has happened on a connection.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) seat: Seat,
    answered: AtomicU64,
    /// A request has no complete response yet.
    asked: AtomicBool,
    /// Data has arrived since the last response.
    heard: AtomicBool,
}

/// What a connection waits for while it has no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wait {
    /// Number of requests before.
    answered: u64,
    /// Part of the head has arrived.
    begun: bool,
    /// The host is being stopped.
    closing: bool,
}

impl Progress {
    pub(super) fn new(seat: Seat) -> Self {
        Self {
            seat,
            answered: AtomicU64::new(0),
            asked: AtomicBool::new(false),
            heard: AtomicBool::new(false),
        }
    }

    /// The head of a request is complete.
    pub(super) fn asked(&self) {
        self.asked.store(true, Relaxed);
        self.seat.leave();
    }

    fn answered(&self) {
        self.asked.store(false, Relaxed);
        self.heard.store(false, Relaxed);
        self.answered.fetch_add(1, Relaxed);
        self.seat.wait();
        // hyper may have asked for the next request before this one was answered: the wait begins now.
        self.seat.signal.waker.wake();
    }

    fn wait(&self) -> Option<Wait> {
        let waits = !self.asked.load(Relaxed);
        waits.then(|| Wait {
            answered: self.answered.load(Relaxed),
            begun: self.heard.load(Relaxed),
            closing: self.seat.is_closing(),
        })
    }
}

impl Line {
    pub(super) fn new(
        stream: TcpStream,
        progress: Arc<Progress>,
        limits: Arc<WebConfig>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            stream,
            progress,
            limits,
            clock,
            waiting: None,
            stuck: None,
        }
    }

    /// Ends with an error if the connection has waited too long for a request, or is to close.
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let seat = &self.progress.seat;
        seat.signal.waker.register(context.waker());
        let Some(wait) = self.progress.wait() else {
            self.waiting = None;
            return Poll::Pending;
        };
        let (_, timer) = match &mut self.waiting {
            Some(waiting) if waiting.0 == wait => waiting,
            waiting => waiting.insert((wait, sleep(&self.clock, patience(&self.limits, wait)))),
        };
        let is_late = timer.as_mut().poll(context).is_ready();
        // Between two requests nothing is lost if a host that is being stopped closes at once.
        let may_close = wait.closing && !wait.begun && wait.answered > 0;
        if !(is_late || may_close || seat.is_told()) {
            return Poll::Pending;
        }
        // The runtime learns of data later than the operating system.
        let has_just_asked = !wait.begun && self.has_unread();
        if has_just_asked || self.stuck.is_some() {
            self.waiting = None;
            seat.wait();
            return Poll::Pending;
        }
        tracing::debug!(?wait, is_late, "connection closed");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn has_unread(&self) -> bool {
        let peeked = SockRef::from(&self.stream).peek(&mut [MaybeUninit::uninit()]);
        peeked.is_ok_and(|bytes| bytes > 0)
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_pending() {
            return self.poll_patience(context);
        }
        if buffer.filled().len() > before {
            self.progress.heard.store(true, Relaxed);
        }
        read
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        if written.is_ready() {
            this.stuck = None;
            return written;
        }
        let deadline = this.limits.answer_deadline;
        let timer = this
            .stuck
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

/// The body of a response. The request is answered once it is dropped.
pub(super) struct Answer<B> {
    pub(super) body: B,
    pub(super) progress: Arc<Progress>,
}

impl<B: Body + Unpin> Body for Answer<B> {
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

impl<B> Drop for Answer<B> {
    fn drop(&mut self) {
        self.progress.answered();
    }
}

fn patience(limits: &WebConfig, wait: Wait) -> Duration {
    match wait {
        Wait {
            answered,
            begun: false,
            ..
        } if answered > 0 => limits.keep_alive,
        Wait { closing: true, .. } => limits.head_deadline.min(LAST_MOMENT),
        _ => limits.head_deadline,
    }
}

fn sleep(clock: &Arc<dyn Clock>, duration: Duration) -> Sleep {
    let clock = Arc::clone(clock);
    Box::pin(async move { clock.sleep(duration).await })
}

type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Time for a head that has not arrived when the host is stopped.
pub(super) const LAST_MOMENT: Duration = Duration::from_millis(500);
