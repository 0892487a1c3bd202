//! Runs a mock Greenhouse for programs in any language.

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Parser;
use mock_greenhouse::{Config, MockGreenhouse, Partner, StartError};

/// Runs a mock Greenhouse on 127.0.0.1 until Ctrl-C or SIGTERM
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Port to listen on; 0 picks a free one
    #[arg(long, default_value_t = 8400)]
    port: u16,
    /// Harvest calls allowed per 30-second window
    #[arg(long, default_value_t = 150)]
    rate_limit: u32,
    /// URLs of an assessment partner: list tests, send test, test status, response error
    #[arg(long, num_args = 4, requires = "partner_key", value_names = ["LIST", "SEND", "STATUS", "ERROR"])]
    partner: Option<Vec<String>>,
    /// API key of the assessment partner
    #[arg(long, env = "MOCK_PARTNER_KEY", hide_env_values = true)]
    partner_key: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", describe(&error));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), StartError> {
    let mut config = Config::default()
        .with_port(arguments.port)
        .with_rate_limit(arguments.rate_limit);
    if let (Some([list, send, status, error]), Some(key)) =
        (arguments.partner.as_deref(), arguments.partner_key)
    {
        config = config.with_partner(Partner::new(list, send, status, error, key));
    }
    let greenhouse = MockGreenhouse::start(config).await?;
    introduce(&greenhouse);
    stop_signal().await;
    for trouble in greenhouse.problems() {
        eprintln!("{trouble}");
    }
    greenhouse.stop().await;
    Ok(())
}

/// Describes why the mock cannot start, with the remedy.
fn describe(error: &StartError) -> String {
    let StartError::Listen { source, .. } = error else {
        return error.to_string();
    };
    let reason = match source.kind() {
        ErrorKind::AddrInUse => {
            "another process uses it; stop that process or choose another port with --port"
                .to_owned()
        }
        ErrorKind::PermissionDenied => {
            "permission denied; choose a port above 1023 with --port".to_owned()
        }
        kind => format!("{kind}; choose another port with --port"),
    };
    format!("{error}: {reason}")
}

/// Waits for Ctrl-C or SIGTERM.
async fn stop_signal() {
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

fn introduce(greenhouse: &MockGreenhouse) {
    let url = greenhouse.url();
    let credential = greenhouse.credential();
    let job = greenhouse.seed_job(
        "Account Executive",
        &["Application Review", "Take Home Test", "Offer"],
    );
    println!("mock Greenhouse");
    println!("  Harvest v3     {url}/v3/...");
    println!("  token          {url}/token");
    println!("  state          {url}/_mock/state");
    println!("  exchanges      {url}/_mock/exchanges");
    println!("  webhook inbox  {url}/_mock/inbox");
    println!("  client id      {}", credential.client_id);
    println!("  client secret  {}", credential.client_secret);
    let partner = greenhouse.partner_credential();
    println!("  authorize      {url}/authorize");
    println!("  partner id     {}", partner.client_id);
    println!("  partner secret {}", partner.client_secret);
    println!("  redirect URI   {}", partner.redirect_uri);
    println!("  site admin     {}", greenhouse.site_admin());
    println!("  job admin      {}", greenhouse.job_admin());
    println!("  job            {}", job.job_id);
    for stage in &job.stages {
        println!("    stage        {} {}", stage.id, stage.name);
    }
    println!("Press Ctrl-C to stop.");
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_port_that_cannot_be_used_is_named_with_a_remedy() {
        for (kind, expected) in [
            (
                ErrorKind::AddrInUse,
                "cannot listen on 127.0.0.1 port 8400: another process uses it; stop that process \
                 or choose another port with --port",
            ),
            (
                ErrorKind::PermissionDenied,
                "cannot listen on 127.0.0.1 port 8400: permission denied; choose a port above 1023 \
                 with --port",
            ),
            (
                ErrorKind::OutOfMemory,
                "cannot listen on 127.0.0.1 port 8400: out of memory; choose another port with \
                 --port",
            ),
        ] {
            let source = io::Error::from(kind);
            let error = StartError::Listen { port: 8400, source };
            assert_eq!(describe(&error), expected);
        }
    }
}
