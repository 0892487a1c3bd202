//! Accepts connections within the limits of [`WebConfig`], and closes them in order.
//!
//! hyper reads the requests and writes the responses. This module adds what hyper has no limit for:
//!
//! - **Number of connections.** One more closes the connection that has waited longest without a request: between two
//!   requests, or with an incomplete head. While every connection has a request, no other is accepted.
//! - **Slow clients.** The head of a request, the pause between two requests and the reading of a response have a deadline
//!   each. The deadline of the body is the integration's.
//! - **Failures to accept** cost a pause and one waiting connection.
//! - **Stopping.** Connections in the backlog are accepted, and every request that was sent is answered, even if it was not
//!   read yet. A connection between two requests is closed at once. A new one, or an incomplete head, has a moment for the
//!   rest. Each response closes its connection.
//!
//! hyper-util's graceful shutdown is not enough for the last point: it closes a connection whose request is still in the
//! socket's buffer.

mod line;
mod seats;

use std::{convert::Infallible, error::Error, io, net, sync::Arc, time::Duration};

use greenhouse_core::{Clock, chain};
use http::{HeaderValue, Request, Response, header};
use hyper::{
    body::{Body, Incoming},
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinError, JoinSet},
};

use self::{
    line::{Answer, Line, Progress},
    seats::Seats,
};
use crate::{Host, WebConfig, framework::Stop};

/// Serves within the limits of a host until `stop` is ready, then accepts no more connections and returns once every accepted
/// request is answered. Dropped before, it closes every connection.
///
/// # Errors
///
/// None while it serves; only if the listener cannot be stopped.
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
    let mut front = Front {
        most: limits.connections,
        clock: Arc::clone(&clock),
        seats: Arc::default(),
        connections: JoinSet::new(),
        next: None,
        has_complained: false,
    };
    let seats = Arc::clone(&front.seats);
    let connect = move |stream: TcpStream| {
        let progress = Arc::new(Progress::new(Seats::add(&seats)));
        connection(
            stream,
            progress,
            Arc::clone(&limits),
            Arc::clone(&clock),
            service.clone(),
        )
    };
    tokio::select! {
        biased;
        () = &mut stop => {}
        () = front.accept(&listener, &connect) => {}
    }
    // One that was accepted is served, even beyond the limit.
    if let Some(stream) = front.next.take() {
        front.connections.spawn(connect(stream));
    }
    front.seats.close();
    front.accept_the_rest(listener.into_std()?, connect).await;
    while let Some(ended) = front.connections.join_next().await {
        note(ended);
    }
    Ok(())
}

/// Counts, times and logs the requests to a service. [`Host::answer`] does so by itself.
pub fn watched<S, B>(
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
        async move {
            let (head, body) = request.into_parts();
            let watched = host.watched(&head);
            let answer = service.call(Request::from_parts(head, body));
            let answer = async {
                let Ok(answer) = answer.await;
                answer
            };
            Ok(watched.answer(answer).await)
        }
    })
}

/// Serves one connection to its end.
async fn connection<S, B>(
    stream: TcpStream,
    progress: Arc<Progress>,
    limits: Arc<WebConfig>,
    clock: Arc<dyn Clock>,
    service: S,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    B: Body + Unpin + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    // A response is written as a whole: there is nothing to wait for.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = %chain(&error), "connection without TCP_NODELAY");
    }
    let mut http = http1::Builder::new();
    // hyper's own time-out for a head also runs between two requests; `Line` tells the two apart.
    http.header_read_timeout(None)
        .max_buf_size(limits.head_bytes);
    if limits.headers != HYPERS_HEADERS {
        http.max_headers(limits.headers);
    }
    let line = Line::new(stream, Arc::clone(&progress), limits, clock);
    let answering = service_fn(move |request| {
        progress.asked();
        let answer = service.call(request);
        let progress = Arc::clone(&progress);
        async move {
            let mut answer = answer.await?;
            if progress.seat.is_closing() {
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(header::CONNECTION, close);
            }
            Ok::<_, Infallible>(answer.map(|body| Answer { body, progress }))
        }
    });
    let served = http.serve_connection(TokioIo::new(line), answering).await;
    if let Err(error) = served {
        tracing::debug!(error = %chain(&error), "connection ended early");
    }
}

struct Front {
    /// Most connections at once.
    most: usize,
    clock: Arc<dyn Clock>,
    seats: Arc<Seats>,
    connections: JoinSet<()>,
    /// An accepted connection for which there is no room yet.
    next: Option<TcpStream>,
    /// The last attempt to accept failed, and the log says so.
    has_complained: bool,
}

impl Front {
    /// Accepts connections for as long as it is polled.
    async fn accept<F>(&mut self, listener: &TcpListener, connect: &impl Fn(TcpStream) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        loop {
            let accepted = tokio::select! {
                biased;
                Some(ended) = self.connections.join_next() => {
                    note(ended);
                    continue;
                }
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    self.has_complained = false;
                    self.next = Some(stream);
                    self.make_room().await;
                    if let Some(stream) = self.next.take() {
                        self.connections.spawn(connect(stream));
                    }
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    self.complain(&error);
                    self.seats.pick();
                    tokio::select! {
                        biased;
                        Some(ended) = self.connections.join_next() => note(ended),
                        () = self.clock.sleep(PAUSE) => {}
                    }
                }
            }
        }
    }

    /// Waits until there is room for one more connection.
    async fn make_room(&mut self) {
        while self.connections.len() >= self.most {
            self.seats.pick();
            tokio::select! {
                biased;
                Some(ended) = self.connections.join_next() => note(ended),
                () = self.seats.changed() => {}
            }
        }
    }

    /// Accepts what is connected already. The runtime learns of it later than the operating system.
    async fn accept_the_rest<F>(
        &mut self,
        listener: net::TcpListener,
        connect: impl Fn(TcpStream) -> F,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut failures = 0;
        while failures < LAST_ATTEMPTS {
            let accepted = listener.accept().and_then(|(stream, _)| {
                stream.set_nonblocking(true)?;
                TcpStream::from_std(stream)
            });
            match accepted {
                Ok(stream) => drop(self.connections.spawn(connect(stream))),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    self.complain(&error);
                    failures += 1;
                    self.clock.sleep(PAUSE).await;
                }
            }
        }
    }

    fn complain(&mut self, error: &io::Error) {
        if !self.has_complained {
            tracing::warn!(error = %chain(error), "no connection can be accepted for now");
            self.has_complained = true;
        }
    }
}

fn note(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(error = %chain(&error), "a connection ended in a panic");
    }
}

/// Returns `true` if the connection was gone before it was accepted, which is no fault of the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

/// The configured number of connections, or fewer if the process may not have so many files open: database and Greenhouse
/// need some as well. Raises the limit of the process first.
fn allowed_connections(configured: usize) -> usize {
    let files = match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => files,
        Err(error) => {
            tracing::debug!(error = %chain(&error), "the limit of open files is not known");
            return configured;
        }
    };
    let possible = connections_within(files);
    if possible < configured {
        tracing::warn!(
            connections = possible,
            configured,
            files,
            "fewer connections than configured: the process may not have more files open"
        );
    }
    configured.min(possible)
}

fn connections_within(files: u64) -> usize {
    let possible = files.saturating_sub(OTHER_FILES).max(files / 2).max(1);
    usize::try_from(possible).unwrap_or(usize::MAX)
}

/// Files for databases, connections to Greenhouse and the runtime.
const OTHER_FILES: u64 = 256;
/// Headers that hyper keeps without an allocation.
const HYPERS_HEADERS: usize = 100;
const PAUSE: Duration = Duration::from_millis(100);
/// A host that is being stopped closes files while it tries.
const LAST_ATTEMPTS: usize = 10;

#[cfg(test)]
mod tests;
