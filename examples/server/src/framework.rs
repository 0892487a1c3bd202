//! Interface between the server and a web framework.
//!
//! A host on another framework consists of this library, an implementation of [`Framework`], and a
//! `main` that calls [`cli::main`](crate::cli::main) with the name of the program. `warp-host` is
//! an example. A framework has to:
//!
//! - **Accept every request**, with any method and path. Pass path and query on unchanged: not
//!   decoded, without adding or removing a slash. Do not answer `HEAD` or `OPTIONS` itself.
//! - **Pass the body on as a stream.** The integration limits its size and time. A filter or
//!   extractor that collects the body first has different limits or none.
//! - **Return the response unchanged**: status, headers and body.
//! - **Stop** when `stop` is ready, after answering the accepted requests. [`serve`] limits the
//!   time for that.
//!
//! A framework with an adapter combines three parts: the adapter's public endpoints, its operator
//! endpoints with operator tokens, and [`Host::own`] for every other path, also for the console.
//! [`connections::track_requests`](crate::connections::track_requests) counts and logs the
//! requests. Without an adapter, [`Host::answer`] does all of this.
//!
//! A framework that provides a service for hyper or tower can serve it with
//! [`connections::serve`](crate::connections::serve), within the configured limits. A framework
//! with its own server has to apply these limits itself.
//!
//! | framework | request | body as a stream |
//! |---|---|---|
//! | axum | `axum::extract::Request` in a fallback | `Body::into_data_stream` |
//! | warp | filters for method, full path, raw query and headers | `warp::body::stream` |
//! | hyper | `Request<Incoming>` | `http_body_util::BodyDataStream` |
//! | actix-web, own server | method, URI and headers of `HttpRequest` | `web::Payload` |
//!
//! actix-web uses an earlier version of the crate `http`, so convert the method, URI and headers
//! through text and bytes. To stop its server, spawn a task that waits for `stop` and then calls
//! `ServerHandle::stop(true)`.
//!
//! # Example
//!
//! A host on hyper alone:
//!
//! ```no_run
#![doc = include_str!("../../../tests/acceptance/tests/it/hosts/hyper.rs")]
//! ```

use std::{fmt, future::Future, io, pin::Pin, sync::Arc};

use async_trait::async_trait;
use tokio::{net::TcpListener, sync::Notify};

use crate::Host;

/// Web framework that serves a host. Passes each request unchanged to the adapter, [`Host::own`] or
/// [`Host::answer`], and returns the response unchanged.
#[async_trait]
pub trait Framework: fmt::Debug + Send + Sync {
    /// Serves until `stop` is ready, then accepts no more connections and returns when the accepted
    /// requests have been answered.
    ///
    /// # Errors
    ///
    /// Returns the listener's error.
    async fn serve(&self, listener: TcpListener, host: Arc<Host>, stop: Stop) -> io::Result<()>;
}

/// Future that is ready when the server must stop accepting connections.
pub type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Serves until `stop` is ready, then answers the accepted requests for at most
/// [`stop_grace`](crate::WebConfig::stop_grace). A slow client cannot delay the shutdown further.
///
/// # Errors
///
/// Returns the listener's error.
pub async fn serve(
    framework: &dyn Framework,
    listener: TcpListener,
    host: Arc<Host>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let stop_sent = Arc::new(Notify::new());
    let stop_signal = Arc::clone(&stop_sent);
    let signal = Box::pin(async move {
        stop.await;
        stop_sent.notify_one();
    });
    let grace_ends = async {
        stop_signal.notified().await;
        host.grace().await;
    };
    tokio::select! {
        served = framework.serve(listener, Arc::clone(&host), signal) => served,
        () = grace_ends => Ok(()),
    }
}
