use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Resets or stalls the connection of a request.
#[derive(Debug, Default)]
pub(super) struct ConnectionHandle {
    cut: Notify,
    reset: AtomicBool,
    stalled: AtomicBool,
}

impl ConnectionHandle {
    /// Resets the connection, so that the peer sees an error instead of a regular close. Never
    /// returns, because no response is possible.
    pub(super) async fn cut<Never>(&self) -> Never {
        self.reset.store(true, Ordering::Relaxed);
        self.cut.notify_one();
        std::future::pending().await
    }

    /// Leaves the request without a response until the caller gives up or the mock stops.
    pub(super) async fn stall<Never>(&self) -> Never {
        self.stalled.store(true, Ordering::Relaxed);
        std::future::pending().await
    }

    /// Waits until the connection must be dropped.
    pub(super) async fn until_cut(&self) {
        self.cut.notified().await;
    }

    pub(super) fn is_stalled(&self) -> bool {
        self.stalled.load(Ordering::Relaxed)
    }
}

/// A connection that sends a reset when dropped, if requested.
pub(super) struct ResettableStream {
    pub(super) stream: TcpStream,
    pub(super) handle: Arc<ConnectionHandle>,
}

impl Drop for ResettableStream {
    fn drop(&mut self) {
        if self.handle.reset.load(Ordering::Relaxed) {
            // Fails only if the connection is already broken.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for ResettableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ResettableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
