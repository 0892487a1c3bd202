//! The command `serve`: runs a host until a stop signal.

use std::{
    error::Error,
    io::{self, ErrorKind},
    sync::Arc,
};

use greenhouse_core::plain;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    Config, Host, HostEnvironment,
    framework::{self, Framework},
};

/// Serves requests and runs the background tasks until Ctrl-C or SIGTERM. Then answers accepted
/// requests, finishes started tasks and closes the database. A started push stops before its next
/// write, records the interruption and can be retried.
///
/// # Errors
///
/// Returns the listener's error, or the error of the background tasks if they panicked.
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

/// Opens the databases and serves until a stop signal.
pub(crate) async fn run(framework: &dyn Framework, config: Config) -> Result<(), BoxError> {
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    let listener = TcpListener::bind(&config.listen)
        .await
        .map_err(|error| describe_bind_error(&config.listen, &error))?;
    let host_environment = HostEnvironment::from_config(&config)?;
    let host = Host::open(config, host_environment).await?;
    serve(framework, host, listener).await
}

/// Describes why an address cannot be bound, with the remedy.
fn describe_bind_error(address: &str, error: &io::Error) -> String {
    let reason = match error.kind() {
        ErrorKind::AddrInUse => format!(
            "{address} is in use by another process; stop that process or choose another port"
        ),
        ErrorKind::AddrNotAvailable => {
            format!(
                "{address} is not an address of this machine; choose one of its addresses, or \
                 0.0.0.0 for all of them"
            )
        }
        ErrorKind::PermissionDenied => {
            format!("this user is not allowed to listen on {address}; choose a port above 1023")
        }
        ErrorKind::InvalidInput => {
            format!("expected address:port, for example 127.0.0.1:8080, got {address:?}")
        }
        // A failed lookup of a name has no error number.
        _ if error.raw_os_error().is_none() => format!(
            "the name in {address:?} cannot be resolved; use an IP address of this machine, or \
             0.0.0.0 for all of them"
        ),
        _ => {
            let error = plain::without_error_numbers(&error.to_string());
            format!(
                "cannot listen on {address}: {error}; correct this on the machine, or choose \
                 another address or port"
            )
        }
    };
    format!("listen (GREENHOUSE_LISTEN, --listen): {reason}")
}

/// Waits until the value is `true` or its sender is dropped.
pub async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Waits for Ctrl-C or SIGTERM.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_for_a_failed_bind_has_its_own_remedy() {
        let lookup = || io::Error::other("failed to lookup address information");
        for (error, expected) in [
            (ErrorKind::AddrInUse.into(), "choose another port"),
            (ErrorKind::AddrNotAvailable.into(), "0.0.0.0 for all"),
            (ErrorKind::PermissionDenied.into(), "a port above 1023"),
            (
                ErrorKind::InvalidInput.into(),
                "expected address:port, for example 127.0.0.1:8080, got \"host:80\"",
            ),
            (lookup(), "the name in \"host:80\" cannot be resolved"),
            (
                io::Error::from_raw_os_error(24),
                "cannot listen on host:80: Too many open files; correct",
            ),
            (
                io::Error::from_raw_os_error(12),
                "cannot listen on host:80: Cannot allocate memory; correct",
            ),
        ] {
            let text = describe_bind_error("host:80", &error);
            assert!(text.contains(expected), "{error}: {text}");
            assert!(!text.contains("os error"), "{text}");
        }
    }
}
