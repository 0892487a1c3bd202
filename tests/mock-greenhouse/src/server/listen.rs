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

use crate::server::connection::{ConnectionHandle, ResettableStream};
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

/// Serves until `target` is [`Phase::Stopping`] or its sender is dropped. Open connections then
/// have limited time to finish.
pub(super) async fn serve(
    listener: TcpListener,
    address: SocketAddr,
    world: Arc<World>,
    mut target: watch::Receiver<Phase>,
    current: watch::Sender<Phase>,
) {
    let mut connections = JoinSet::new();
    let mut listening = Some(listener);
    loop {
        while connections.try_join_next().is_some() {}
        let phase = *target.borrow_and_update();
        if phase == Phase::Stopping {
            break;
        }
        if let Some(listener) = listening.take_if(|_| phase == Phase::Open) {
            current.send_replace(Phase::Open);
            tokio::select! {
                accepted = listener.accept() => {
                    // Ignores a connection that broke before it was accepted.
                    if let Ok((stream, _)) = accepted {
                        connections.spawn(serve_connection(stream, Arc::clone(&world), target.clone()));
                    }
                }
                changed = target.changed() => if changed.is_err() {
                    break;
                },
            }
            listening = Some(listener);
            continue;
        }
        drop(listening.take());
        let Ok(reserved) = reserve(address) else {
            break;
        };
        current.send_replace(Phase::Refusing);
        if target
            .wait_for(|target| *target != Phase::Refusing)
            .await
            .is_err()
        {
            break;
        }
        match reserved.listen(BACKLOG) {
            Ok(listener) => listening = Some(listener),
            Err(_) => break,
        }
    }
    drop(listening);
    let finish = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(LONGEST_STOP, finish).await;
}

/// Binds a socket without listening, so that the mock keeps the port while the system refuses
/// connections.
fn reserve(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn serve_connection(
    stream: TcpStream,
    world: Arc<World>,
    mut target: watch::Receiver<Phase>,
) {
    let _ = stream.set_nodelay(true);
    let handle = Arc::new(ConnectionHandle::default());
    let stream = ResettableStream {
        stream,
        handle: Arc::clone(&handle),
    };
    let service = service_fn(|request: http::Request<hyper::body::Incoming>| {
        let (world, handle) = (Arc::clone(&world), Arc::clone(&handle));
        async move { Ok::<_, Infallible>(answer(world, handle, request).await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            // The `Date` header comes from the mock's own clock, or is absent.
            .auto_date_header(false)
            .serve_connection(TokioIo::new(stream), service)
    );
    let mut closing = false;
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = handle.until_cut() => return,
            _ = target.wait_for(|target| *target != Phase::Open), if !closing => {
                if handle.is_stalled() {
                    return;
                }
                closing = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

const BACKLOG: u32 = 1024;
