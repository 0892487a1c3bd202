//! Serving until told to stop, and the command `serve`.

use std::{error::Error, sync::Arc};

use tokio::{net::TcpListener, sync::watch};

use crate::{
    Config, Host, Outside,
    framework::{self, Framework},
};

/// Serves and runs the background tasks until Ctrl-C or SIGTERM. Then accepted requests are answered, tasks that have begun
/// are finished (a push only up to its next write: it says where it was interrupted, and can be retried), and the database is
/// closed.
///
/// # Errors
///
/// Errors of the listener.
pub async fn serve(
    framework: &dyn Framework,
    host: Host,
    listener: TcpListener,
) -> Result<(), BoxError> {
    let host = Arc::new(host);
    tracing::info!(address = %listener.local_addr()?, "listening");
    let (stop, stopped) = watch::channel(false);
    let background = tokio::spawn(host.greenhouse().clone().run(until(stopped)));
    let stopping = {
        let host = Arc::clone(&host);
        async move {
            stop_signal().await;
            host.stop();
        }
    };
    let served = framework::serve(framework, listener, host, stopping).await;
    stop.send_replace(true);
    background.await?;
    served?;
    tracing::info!("stopped");
    Ok(())
}

/// Opens the databases, and serves until told to stop.
pub(crate) async fn run(framework: &dyn Framework, config: Config) -> Result<(), BoxError> {
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    let listener = TcpListener::bind(&config.listen)
        .await
        .map_err(|error| format!("{} cannot be listened on: {error}", config.listen))?;
    let outside = Outside::of(&config)?;
    let host = Host::open(config, outside).await?;
    serve(framework, host, listener).await
}

/// Returns once the value is `true`, or can no longer become so.
pub async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
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
