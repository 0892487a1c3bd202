//! A connection, and what can be seen of it while hyper has it.

use std::{
    io,
    mem::MaybeUninit,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// A connection, which hyper reads and writes, and whose driver sees how it stands.
#[derive(Debug, Clone)]
pub(super) struct Line(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    stream: TcpStream,
    /// How many requests were answered.
    answered: u64,
    /// Whether there is a request without the whole of its answer.
    asked: bool,
    /// Whether anything came since the last answer.
    heard: bool,
    /// Whether the client does not take what it is to be sent.
    stuck: bool,
}

/// How a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It waits for a request, of which nothing has come.
    Idle {
        /// How many were answered before.
        answered: u64,
    },
    /// It waits for the rest of a head.
    Head {
        /// How many requests were answered before.
        answered: u64,
    },
    /// It has a request.
    Busy,
    /// It has more to send than the client takes.
    Stuck,
}

impl Phase {
    /// How many requests it has answered, where it waits for one.
    pub(super) fn waits(self) -> Option<u64> {
        match self {
            Self::Idle { answered } | Self::Head { answered } => Some(answered),
            Self::Busy | Self::Stuck => None,
        }
    }

    pub(super) fn is_idle(self) -> bool {
        matches!(self, Self::Idle { .. })
    }
}

impl Line {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self(Arc::new(Mutex::new(State {
            stream,
            answered: 0,
            asked: false,
            heard: false,
            stuck: false,
        })))
    }

    /// How it stands, after hyper has done what it could.
    pub(super) fn phase(&self) -> Phase {
        let state = self.state();
        let answered = state.answered;
        match (state.stuck, state.asked, state.heard) {
            (true, ..) => Phase::Stuck,
            (_, true, _) => Phase::Busy,
            (.., true) => Phase::Head { answered },
            (.., false) => Phase::Idle { answered },
        }
    }

    /// A request is there, with its head.
    pub(super) fn asked(&self) {
        self.state().asked = true;
    }

    /// Its answer was given, to the end.
    pub(super) fn answered(&self) {
        let mut state = self.state();
        state.asked = false;
        state.heard = false;
        state.answered += 1;
    }

    /// Whether something has arrived that was not read yet. It asks the operating system, since the runtime learns of it later.
    pub(super) fn has_unread(&self) -> bool {
        let state = self.state();
        let peeked = SockRef::from(&state.stream).peek(&mut [MaybeUninit::uninit()]);
        peeked.is_ok_and(|bytes| bytes > 0)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.state();
        let before = buffer.filled().len();
        let read = Pin::new(&mut state.stream).poll_read(context, buffer);
        state.heard |= buffer.filled().len() > before;
        read
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.state();
        let written = Pin::new(&mut state.stream).poll_write(context, bytes);
        state.stuck = written.is_pending();
        written
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.state();
        let written = Pin::new(&mut state.stream).poll_write_vectored(context, slices);
        state.stuck = written.is_pending();
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.state().stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.state().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.state().stream).poll_shutdown(context)
    }
}
