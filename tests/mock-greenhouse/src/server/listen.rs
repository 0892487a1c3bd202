use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::server::line::{Line, Wire};
use crate::server::{LONGEST_STOP, answer};
use crate::world::World;

/// Phase of the listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Open,
    /// Keeps the port while the system refuses every connection.
    Refusing,
    Stopping,
}

/// Serves until stopped or until the sender is dropped. Connections then have limited time to
/// finish.
pub(super) async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    world: Arc<World>,
    mut wanted: watch::Receiver<Phase>,
    reached: watch::Sender<Phase>,
) {
    let mut connections = JoinSet::new();
    let mut door = Some(listener);
    loop {
        while connections.try_join_next().is_some() {}
        let phase = *wanted.borrow_and_update();
        if phase == Phase::Stopping {
            break;
        }
        if let Some(listener) = door.take_if(|_| phase == Phase::Open) {
            reached.send_replace(Phase::Open);
            tokio::select! {
                accepted = listener.accept() => {
                    // Ignores a connection that broke before it was accepted.
                    if let Ok((stream, _)) = accepted {
                        connections.spawn(converse(stream, Arc::clone(&world), wanted.clone()));
                    }
                }
                changed = wanted.changed() => if changed.is_err() {
                    break;
                },
            }
            door = Some(listener);
            continue;
        }
        drop(door.take());
        let Ok(reserved) = reserve(address) else {
            break;
        };
        reached.send_replace(Phase::Refusing);
        if wanted
            .wait_for(|wanted| *wanted != Phase::Refusing)
            .await
            .is_err()
        {
            break;
        }
        match reserved.listen(BACKLOG) {
            Ok(listener) => door = Some(listener),
            Err(_) => break,
        }
    }
    drop(door);
    let finish = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(LONGEST_STOP, finish).await;
}

/// Binds a socket without listening: the mock keeps the port, and the system refuses connections.
fn reserve(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn converse(stream: TcpStream, world: Arc<World>, mut wanted: watch::Receiver<Phase>) {
    let _ = stream.set_nodelay(true);
    let line = Arc::new(Line::default());
    let wire = Wire {
        stream,
        line: Arc::clone(&line),
    };
    let service = service_fn(|request: http::Request<hyper::body::Incoming>| {
        let (world, line) = (Arc::clone(&world), Arc::clone(&line));
        async move { Ok::<_, Infallible>(answer(world, line, request).await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            // The `Date` header comes from the mock's own clock, or is absent.
            .auto_date_header(false)
            .serve_connection(TokioIo::new(wire), service)
    );
    let mut closing = false;
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = line.until_cut() => return,
            _ = wanted.wait_for(|wanted| *wanted != Phase::Open), if !closing => {
                if line.is_stalled() {
                    return;
                }
                closing = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

const BACKLOG: u32 = 1024;
