//! Accepts connections within the limits of [`WebConfig`], and closes them at shutdown.
//!
//! hyper parses requests and writes responses. This module adds the limits that hyper lacks:
//!
//! - **Number of connections.** A connection above the limit closes the longest idle one, which is
//!   between two requests or has sent an incomplete head. While all connections are busy, the host
//!   accepts no new ones.
//! - **Slow clients.** The head of a request, the pause between two requests and the reading of a
//!   response each have a deadline. The integration limits the time for the body.
//! - **Failures to accept.** The host closes the longest idle connection and retries after a
//!   pause.
//! - **Shutdown.** The host accepts the connections in the backlog and answers every request that
//!   has arrived, including those still in a socket buffer. It closes connections between two
//!   requests immediately. A client that has not sent a complete head has half a second to do so.
//!   Each response closes its connection.
//!
//! hyper-util's graceful shutdown does not meet the last point, because it closes connections whose
//! request is still in the socket buffer.

mod idle;
mod stream;

use std::{convert::Infallible, error::Error, net, sync::Arc, time::Duration};

use greenhouse_core::{Clock, chain};
use http::{HeaderValue, Request, Response, header};
use hyper::{
    body::{Body, Incoming},
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{self, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::{JoinError, JoinSet},
};

use self::{
    idle::IdleConnections,
    stream::{ConnectionState, TimedStream, TrackedBody},
};
use crate::{Host, WebConfig, framework::Stop};

/// Serves connections within the limits of a host until `stop` is ready. Then accepts only the
/// connections in the backlog, and returns when every accepted request has been answered.
///
/// Dropping the future closes every connection.
///
/// # Errors
///
/// Returns an error only if the listener cannot be converted at shutdown.
pub async fn serve<S, B>(
    listener: TcpListener,
    host: &Host,
    mut stop: Stop,
    service: S,
) -> io::Result<()>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (web, clock) = host.web();
    let mut limits = web.clone();
    limits.connections = allowed_connections(web.connections);
    let limits = Arc::new(limits);
    let mut acceptor = Acceptor {
        max_connections: limits.connections,
        clock: Arc::clone(&clock),
        idle: Arc::default(),
        connections: JoinSet::new(),
        pending: None,
        has_logged_failure: false,
    };
    let idle = Arc::clone(&acceptor.idle);
    let connect = move |stream: TcpStream| {
        let state = Arc::new(ConnectionState::new(IdleConnections::add(&idle)));
        connection(
            stream,
            state,
            Arc::clone(&limits),
            Arc::clone(&clock),
            service.clone(),
        )
    };
    tokio::select! {
        biased;
        () = &mut stop => {}
        () = acceptor.accept(&listener, &connect) => {}
    }
    // An accepted connection is served, even above the limit.
    if let Some(stream) = acceptor.pending.take() {
        acceptor.connections.spawn(connect(stream));
    }
    acceptor.idle.shut_down();
    acceptor.drain_backlog(listener.into_std()?, connect).await;
    while let Some(ended) = acceptor.connections.join_next().await {
        log_panic(ended);
    }
    Ok(())
}

/// Wraps a service to count, time and log its requests. Not needed for a service that calls
/// [`Host::answer`], which tracks requests itself.
pub fn track_requests<S, B>(
    host: &Arc<Host>,
    service: S,
) -> impl Service<
    Request<Incoming>,
    Response = Response<B>,
    Error = Infallible,
    Future = impl Future<Output = Result<Response<B>, Infallible>> + Send + use<S, B>,
> + Clone
+ Send
+ use<S, B>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
{
    let host = Arc::clone(host);
    service_fn(move |request: Request<Incoming>| {
        let (host, service) = (Arc::clone(&host), service.clone());
        // Boxed, because hyper reserves memory for this future even on idle connections, and the
        // future of a warp filter is large.
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let tracked = host.track(&head);
            let response = service.call(Request::from_parts(head, body));
            let response = async {
                let Ok(response) = response.await;
                response
            };
            Ok(tracked.run(response).await)
        })
    })
}

/// Serves one connection to its end.
async fn connection<S, B>(
    stream: TcpStream,
    state: Arc<ConnectionState>,
    limits: Arc<WebConfig>,
    clock: Arc<dyn Clock>,
    service: S,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    B: Body + Unpin + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    // Each response is written in one piece, so Nagle's algorithm would only delay it.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = %chain(&error), "TCP_NODELAY could not be set");
    }
    let mut http = http1::Builder::new();
    // hyper's own timeout also runs between two requests. `TimedStream` has a separate deadline for
    // each wait.
    http.header_read_timeout(None)
        .max_buf_size(limits.head_bytes);
    if limits.headers != HYPER_DEFAULT_HEADERS {
        http.max_headers(limits.headers);
    }
    let stream = TimedStream::new(stream, Arc::clone(&state), limits, Arc::clone(&clock));
    let service = service_fn(move |request| {
        state.begin_request();
        let response = service.call(request);
        let state = Arc::clone(&state);
        Box::pin(async move {
            let mut response = response.await?;
            if state.idle.is_shutting_down() {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
            }
            Ok::<_, Infallible>(response.map(|body| TrackedBody { body, state }))
        })
    });
    let served = http.serve_connection(TokioIo::new(stream), service);
    let ended = served.without_shutdown().await;
    match ended.map(|ended| ended.io.into_inner()) {
        Ok(stream) => close(stream, &*clock).await,
        Err(error) => tracing::debug!(error = %chain(&error), "connection ended early"),
    }
}

/// Closes a connection after its last response. First discards incoming data for up to
/// [`DISCARD_TIME`]: closing a socket with unread data resets the client's connection, and a client
/// that is still sending a refused body may miss the response.
async fn close(mut stream: TimedStream, clock: &dyn Clock) {
    let closing = async {
        stream.shutdown().await?;
        let mut rest = BufReader::with_capacity(DISCARD_BUFFER, stream.take(MAX_DISCARDED));
        io::copy_buf(&mut rest, &mut io::sink()).await
    };
    tokio::select! {
        closed = closing => if let Err(error) = closed {
            tracing::debug!(%error, "connection could not be closed cleanly");
        },
        () = clock.sleep(DISCARD_TIME) => {}
    }
}

struct Acceptor {
    max_connections: usize,
    clock: Arc<dyn Clock>,
    idle: Arc<IdleConnections>,
    connections: JoinSet<()>,
    /// Accepted connection that is not served yet, because the maximum is reached.
    pending: Option<TcpStream>,
    /// `true` if the last attempt to accept failed and was logged.
    has_logged_failure: bool,
}

impl Acceptor {
    /// Accepts connections until the future is dropped.
    async fn accept<F>(&mut self, listener: &TcpListener, connect: &impl Fn(TcpStream) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        loop {
            let accepted = tokio::select! {
                biased;
                Some(ended) = self.connections.join_next() => {
                    log_panic(ended);
                    continue;
                }
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    self.has_logged_failure = false;
                    self.pending = Some(stream);
                    self.make_room().await;
                    if let Some(stream) = self.pending.take() {
                        self.connections.spawn(connect(stream));
                    }
                }
                Err(error) if is_connection_error(&error) => {}
                Err(error) => {
                    self.log_failure(&error);
                    self.idle.close_longest();
                    tokio::select! {
                        biased;
                        Some(ended) = self.connections.join_next() => log_panic(ended),
                        () = self.clock.sleep(ACCEPT_PAUSE) => {}
                    }
                }
            }
        }
    }

    /// Waits until there is room for one more connection.
    async fn make_room(&mut self) {
        while self.connections.len() >= self.max_connections {
            self.idle.close_longest();
            tokio::select! {
                biased;
                Some(ended) = self.connections.join_next() => log_panic(ended),
                () = self.idle.wait_for_change() => {}
            }
        }
    }

    /// Accepts the connections in the backlog, including those that the runtime has not reported
    /// yet.
    async fn drain_backlog<F>(
        &mut self,
        listener: net::TcpListener,
        connect: impl Fn(TcpStream) -> F,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut failures = 0;
        while failures < SHUTDOWN_ATTEMPTS {
            let accepted = listener.accept().and_then(|(stream, _)| {
                stream.set_nonblocking(true)?;
                TcpStream::from_std(stream)
            });
            match accepted {
                Ok(stream) => drop(self.connections.spawn(connect(stream))),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if is_connection_error(&error) => {}
                Err(error) => {
                    self.log_failure(&error);
                    failures += 1;
                    self.clock.sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn log_failure(&mut self, error: &io::Error) {
        if !self.has_logged_failure {
            tracing::warn!(
                error = %chain(error),
                "new connections cannot be accepted; the host keeps retrying"
            );
            self.has_logged_failure = true;
        }
    }
}

fn log_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(error = %chain(&error), "the task of a connection panicked");
    }
}

/// Returns `true` if only this connection failed, because it was closed before it was accepted.
fn is_connection_error(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

/// Returns the configured number of connections, or fewer if the limit on open files is too low.
///
/// Raises that limit as far as permitted. Keeps some file descriptors for databases and calls to
/// Greenhouse.
fn allowed_connections(configured: usize) -> usize {
    let files = match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => files,
        Err(error) => {
            tracing::debug!(error = %chain(&error), "the limit on open files could not be read");
            return configured;
        }
    };
    let possible = connections_within(files);
    if possible < configured {
        tracing::warn!(
            connections = possible,
            configured,
            files,
            "the limit on open files allows fewer connections than configured; raise it \
             (LimitNOFILE, ulimit -n)"
        );
    }
    configured.min(possible)
}

fn connections_within(files: u64) -> usize {
    let possible = files.saturating_sub(OTHER_FILES).max(files / 2).max(1);
    usize::try_from(possible).unwrap_or(usize::MAX)
}

/// Number of file descriptors kept for databases, calls to Greenhouse and the runtime.
const OTHER_FILES: u64 = 256;
/// Number of headers up to which hyper needs no allocation.
const HYPER_DEFAULT_HEADERS: usize = 100;
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Time in which data after the last response of a connection is discarded.
const DISCARD_TIME: Duration = Duration::from_millis(500);
/// Maximum number of bytes discarded after the last response of a connection.
const MAX_DISCARDED: u64 = 4 * 1024 * 1024;
const DISCARD_BUFFER: usize = 1024;
/// Failures to accept after which a shutdown stops retrying. A retry can succeed, because
/// connections that close in the meantime free file descriptors.
const SHUTDOWN_ATTEMPTS: usize = 10;

#[cfg(test)]
mod tests;
