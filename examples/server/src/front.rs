//! The front of a host: it takes connections, and stands up to clients that are slow, idle or too many.
//!
//! hyper reads the requests and writes the answers. What it has no bounds for is here, with the figures of [`WebConfig`]:
//!
//! - **How many connections** there are. For one more, the connection that has waited longest without a request is dropped: it
//!   has sent nothing since its last answer, or the beginning of a head. While every connection has a request, nobody is
//!   let in.
//! - **How long a client may take**: for the head of its request, between two requests, and to read an answer. The time for
//!   the body is kept by [`Host::answer`]. What is late is cut off.
//! - **What a failure to accept costs**: a pause, and a connection that waits. Nothing else ends.
//! - **Stopping**: whoever is connected is accepted, and whatever was sent is answered, even if it was not read yet. A
//!   connection that waits between two requests is closed at once; one that is new, or has sent the beginning of a head, has a
//!   moment for the rest. Each answer says that it is the last; of several requests that were sent at once, the next one is
//!   answered.
//!
//! A framework that makes a service of hyper's kind is served with [`serve`]. Another one brings a server with limits of its
//! own.

mod answers;
mod connection;
mod descriptors;
mod line;
mod seats;

use std::{convert::Infallible, io, net, sync::Arc, time::Duration};

use greenhouse_core::Clock;
use http::{Request, Response};
use hyper::{
    body::{Body, Incoming},
    service::Service,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinError, JoinSet},
};

use self::{connection::Connection, seats::Seats};
use crate::{Host, WebConfig, framework::Stop};

/// Serves with the limits of a host until `stop` is ready, then takes no more connections and returns once what was accepted
/// is answered. Dropped before, it cuts every connection off.
///
/// # Errors
///
/// None while it serves; only a listener that cannot be stopped.
pub async fn serve<S, B>(
    listener: TcpListener,
    host: &Host,
    stop: Stop,
    service: S,
) -> io::Result<()>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (web, clock) = host.web();
    let mut limits = web.clone();
    limits.connections = descriptors::for_connections(web.connections);
    let (closing, closed) = watch::channel(false);
    let mut front = Front {
        limits: Arc::new(limits),
        clock,
        seats: Arc::new(Seats::default()),
        connections: JoinSet::new(),
        closed,
        service,
        complained: false,
    };
    front.open(&listener, stop).await;
    // Nobody listens where there is no connection.
    let _ = closing.send(true);
    front.close(listener.into_std()?).await;
    Ok(())
}

struct Front<S> {
    limits: Arc<WebConfig>,
    clock: Arc<dyn Clock>,
    seats: Arc<Seats>,
    connections: JoinSet<()>,
    closed: watch::Receiver<bool>,
    service: S,
    /// Whether the last attempt to accept failed, and it was said.
    complained: bool,
}

impl<S, B> Front<S>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    async fn open(&mut self, listener: &TcpListener, mut stop: Stop) {
        loop {
            let accepted = tokio::select! {
                biased;
                () = &mut stop => return,
                Some(ended) = self.connections.join_next() => {
                    note(ended);
                    continue;
                }
                accepted = listener.accept() => accepted,
            };
            let stopped = match accepted {
                Ok((stream, _)) => {
                    self.complained = false;
                    let stopped = tokio::select! {
                        biased;
                        () = &mut stop => true,
                        () = self.make_room() => false,
                    };
                    // Who was accepted is served, even if it is one too many.
                    self.connect(stream);
                    stopped
                }
                Err(error) if is_of_one_connection(&error) => false,
                Err(error) => {
                    self.complain(&error);
                    tokio::select! {
                        biased;
                        () = &mut stop => true,
                        () = self.give_one_back() => false,
                    }
                }
            };
            if stopped {
                return;
            }
        }
    }

    /// Waits for the place of one more connection.
    async fn make_room(&mut self) {
        while self.connections.len() >= self.limits.connections {
            self.seats.pick();
            tokio::select! {
                biased;
                Some(ended) = self.connections.join_next() => note(ended),
                () = self.seats.changed() => {}
            }
        }
    }

    /// After a failure to accept, for which the process may have too much open: a pause, or until a connection that waits
    /// has gone.
    async fn give_one_back(&mut self) {
        self.seats.pick();
        tokio::select! {
            biased;
            Some(ended) = self.connections.join_next() => note(ended),
            () = self.clock.sleep(PAUSE) => {}
        }
    }

    fn complain(&mut self, error: &io::Error) {
        if !self.complained {
            tracing::warn!(%error, "no connection can be accepted for now");
            self.complained = true;
        }
    }

    fn connect(&mut self, stream: TcpStream) {
        let connection = Connection {
            limits: Arc::clone(&self.limits),
            clock: Arc::clone(&self.clock),
            seat: Seats::one_more(&self.seats),
            closed: self.closed.clone(),
        };
        let service = self.service.clone();
        self.connections.spawn(connection.serve(stream, service));
    }

    /// Takes whoever has connected already, and waits for the end of every connection.
    async fn close(&mut self, listener: net::TcpListener) {
        let mut failures = 0;
        while failures < LAST_ATTEMPTS {
            let accepted = listener.accept().and_then(|(stream, _)| {
                stream.set_nonblocking(true)?;
                TcpStream::from_std(stream)
            });
            match accepted {
                Ok(stream) => self.connect(stream),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    self.complain(&error);
                    failures += 1;
                    self.clock.sleep(PAUSE).await;
                }
            }
        }
        drop(listener);
        while let Some(ended) = self.connections.join_next().await {
            note(ended);
        }
    }
}

fn note(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a connection ended in a panic");
    }
}

/// Whether it is no fault of the listener: the connection was gone before it was accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

const PAUSE: Duration = Duration::from_millis(100);
/// A host that is being stopped gives descriptors back while it tries.
const LAST_ATTEMPTS: usize = 10;
