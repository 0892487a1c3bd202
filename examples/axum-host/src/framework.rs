//! What a web framework does for the service.

use std::{fmt, future::Future, io, pin::Pin, sync::Arc};

use async_trait::async_trait;
use tokio::{net::TcpListener, sync::Notify};

use crate::Host;

/// A web framework. It hands each request to [`Host::answer`] as it came, whatever its method and path, and the answer
/// back as it is.
#[async_trait]
pub trait Framework: fmt::Debug + Send + Sync {
    /// Serves until `stop` is ready, then takes no more connections and returns once what was accepted is answered.
    ///
    /// # Errors
    ///
    /// Whatever the listener reports.
    async fn serve(&self, listener: TcpListener, host: Arc<Host>, stop: Stop) -> io::Result<()>;
}

/// Ready when no more is to be accepted.
pub type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Serves until `stop` is ready, then answers what was accepted, for at most the configured time more: a client that is slow
/// to send its request does not keep the process.
///
/// # Errors
///
/// Whatever the listener reports.
pub async fn serve(
    framework: &dyn Framework,
    listener: TcpListener,
    host: Arc<Host>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let stopping = Arc::new(Notify::new());
    let stopped = Arc::clone(&stopping);
    let signal = Box::pin(async move {
        stop.await;
        stopping.notify_one();
    });
    let grace_ends = async {
        stopped.notified().await;
        host.grace().await;
    };
    tokio::select! {
        served = framework.serve(listener, Arc::clone(&host), signal) => served,
        () = grace_ends => Ok(()),
    }
}
