//! Checks of the configuration.

use std::{io::ErrorKind, time::Duration};

use tokio::{net::lookup_host, time::timeout};

use super::{Finding, texts};
use crate::{Config, ConfigError};

/// Converts the error of an invalid configuration to a finding.
pub(super) fn unusable(error: &ConfigError) -> Finding {
    match error {
        ConfigError::File { path, reason } => texts::config_file(path, reason),
        ConfigError::Syntax { path, line, reason } => texts::config_syntax(path, *line, reason),
        ConfigError::Missing(_) => texts::config_missing(error),
        ConfigError::Wrong { .. } => texts::config_value(error),
    }
}

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let mut findings = vec![listen(&config.listen).await, public_url(config)];
    let unknown = config.unknown_variables.iter();
    findings.extend(unknown.map(|name| texts::config_variable(name)));
    findings.extend(config.environment.sandbox_url().map(texts::sandbox));
    findings
}

async fn listen(address: &str) -> Finding {
    match timeout(LOOKUP_DEADLINE, lookup_host(address)).await {
        Ok(Ok(_)) => texts::listen_ok(address),
        Ok(Err(error)) if error.kind() == ErrorKind::InvalidInput => texts::listen(address),
        _ => texts::listen_unresolved(address),
    }
}

fn public_url(config: &Config) -> Finding {
    match config.public_url.scheme() {
        "http" => texts::public_url_http(),
        _ => texts::public_url_ok(),
    }
}

const LOOKUP_DEADLINE: Duration = Duration::from_secs(5);
