//! Serving until told to stop, and `axum-host serve`: the service against the real Greenhouse.

use std::{error::Error, sync::Arc};

use greenhouse_core::Clock;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    Config, Host, Outside, background,
    framework::{self, Framework},
};

/// Serves, and does what is due, until Ctrl-C or SIGTERM. Then what was asked is answered, what was begun is finished (a push
/// only up to its next write: it says where it was interrupted, and can be retried), and the database is closed.
///
/// # Errors
///
/// Whatever the listener reports.
pub async fn serve(
    framework: &dyn Framework,
    host: Host,
    listener: TcpListener,
    clock: Arc<dyn Clock>,
) -> Result<(), BoxError> {
    let host = Arc::new(host);
    tracing::info!(address = %listener.local_addr()?, "listening");

    let (stop, stopped) = watch::channel(false);
    let loops: Vec<_> = host
        .background()
        .into_iter()
        .map(|service| background::spawn(service, Arc::clone(&clock), stopped.clone()))
        .collect();
    let stopping = {
        let host = Arc::clone(&host);
        async move {
            stop_signal().await;
            host.stop();
        }
    };
    framework::serve(framework, listener, Arc::clone(&host), stopping).await?;
    // Nobody listens any more where every loop has ended by itself, which is as good as stopping.
    let _ = stop.send(true);
    for running in loops {
        running.await?;
    }
    host.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Opens the databases, and serves until told to stop.
pub(crate) async fn run(framework: &dyn Framework, config: Config) -> Result<(), BoxError> {
    let listener = TcpListener::bind(&config.listen)
        .await
        .map_err(|error| format!("{} cannot be listened on: {error}", config.listen))?;
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    let outside = Outside::of(&config)?;
    let clock = Arc::clone(&outside.clock);
    let host = Host::open(config, outside).await?;
    serve(framework, host, listener, clock).await
}

/// Returns at Ctrl-C or SIGTERM.
pub(crate) async fn stop_signal() {
    let interrupt = async { drop(tokio::signal::ctrl_c().await) };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

type BoxError = Box<dyn Error + Send + Sync>;
