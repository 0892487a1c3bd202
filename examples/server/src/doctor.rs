//! The command `doctor`: finds problems with a host and prints their remedies.
//!
//! The doctor changes nothing: it creates no file, migrates no schema and renews no stored token.
//! It calls Greenhouse as `settings check` does, with access tokens that it does not store. Every
//! wait has a deadline. [`CODES`] lists the codes of its own findings.

mod account;
mod accounts;
mod clock;
mod codes;
mod configuration;
mod database;
mod finding;
mod health;
mod push;
mod report;
mod services;
mod settings;
mod texts;
mod tokens;

use std::time::Duration;

use greenhouse_core::{AccountId, within};

use self::{clock::ClockTransport, services::Services};
pub use self::{codes::CODES, finding::Finding, report::Report};
use crate::{Config, ConfigError, HostEnvironment};

/// Checks the configuration, the databases, the clock and the accounts of a host. Checks only one
/// account if `account` is `Some`.
pub async fn examine(
    config: Result<Config, ConfigError>,
    environment: &HostEnvironment,
    account: Option<&AccountId>,
) -> Report {
    let config = match config {
        Ok(config) => config,
        Err(error) => return Report::new(vec![configuration::unusable(&error)]),
    };
    let mut findings = configuration::check(&config).await;
    let transport = ClockTransport::around(environment);
    if let Some(store) = database::check(&config, environment, &mut findings).await {
        findings.push(database::product(&config));
        match Services::new(&config, environment, &transport, &store) {
            Ok(services) => accounts::check(&config, &services, account, &mut findings).await,
            Err(error) => findings.push(texts::services(&*error)),
        }
        findings.extend(database::clock(&store, environment).await);
        // The store is read-only, so closing may be cut short.
        let _closed = within(&*environment.clock, DATABASE_DEADLINE, store.close()).await;
    }
    findings.push(transport.finding());
    Report::new(findings)
}

/// Deadline for one call to a database.
const DATABASE_DEADLINE: Duration = Duration::from_secs(20);
