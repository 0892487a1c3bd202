//! What a web framework does for the service, and how to bring another one.
//!
//! A host on another framework is this library, a [`Framework`], and a `main` that hands it to
//! [`cli::main`](crate::cli::main), with the name of the program; `warp-host` is one. What a framework has to do is little:
//!
//! - **Take every request**, whatever its method and path, with its query and its path as they came: nothing decoded, no
//!   slash added or taken away, no answer of its own to `HEAD` or `OPTIONS`. The service has an answer to all of them.
//! - **Leave the body alone.** The integration takes it as a stream of chunks and keeps limit and deadline while it reads.
//!   A filter or extractor that collects the body first has another limit, or none.
//! - **Hand the answer back** as it is: status, headers, body.
//! - **Stop** when it is told to, once what was accepted is answered. [`serve`] sees to it that this has an end.
//!
//! A framework with an adapter combines three parts: the adapter's public endpoints, its operator endpoints with operator
//! tokens, and [`Host::own`] for every other path; [`front::watched`](crate::front::watched) counts and logs the requests.
//! Without an adapter, [`Host::answer`] is all of that.
//!
//! What makes a service of hyper's kind, or of tower's, need not listen: [`front::serve`](crate::front::serve) does, with
//! the limits that the host is configured with. A framework with a server of its own has to keep to them itself.
//!
//! | framework | the request | the body as a stream |
//! |---|---|---|
//! | axum | `axum::extract::Request` in a fallback | `Body::into_data_stream` |
//! | warp | filters for method, full path, raw query and headers | `warp::body::stream` |
//! | hyper | `Request<Incoming>` | `http_body_util::BodyDataStream` |
//! | actix-web, with its own server | method, URI and headers of `HttpRequest`, in a default service | `web::Payload` is one |
//!
//! actix-web has the types of an earlier version of the crate `http`; method, URI and headers go over as text and bytes. Its
//! server is stopped through its handle: spawn what waits for `stop` and then calls `ServerHandle::stop(true)`.
//!
//! # Example
//!
//! The whole of it on hyper alone:
//!
//! ```no_run
#![doc = include_str!("../../../tests/acceptance/tests/it/hosts/hyper.rs")]
//! ```

use std::{fmt, future::Future, io, pin::Pin, sync::Arc};

use async_trait::async_trait;
use tokio::{net::TcpListener, sync::Notify};

use crate::Host;

/// A web framework. It hands each request to the adapter, [`Host::own`] or [`Host::answer`] as it came, whatever its method
/// and path, and the answer back as it is.
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
