//! What keeps a host from working, and what to do about it: `axum-host doctor`.
//!
//! It looks and changes nothing: no file is made, no schema brought up to date, no token of the database renewed. Greenhouse
//! is asked as `settings check` asks it, with tokens that live as long as the look. Every wait ends.
//!
//! | you look for | it is in |
//! |---|---|
//! | what is found, and how it is printed | [`Finding`], [`Report`] |
//! | the words that name what it is about | [`ABOUTS`] |

mod about;
mod account;
mod accounts;
mod clock;
mod configuration;
mod database;
mod finding;
mod health;
mod report;
mod services;
mod settings;
mod tokens;
mod verified;

use std::time::Duration;

use greenhouse_core::{AccountId, within};

pub use self::{about::ABOUTS, finding::Finding, report::Report};
use self::{clock::ListeningTransport, services::Services};
use crate::{Config, ConfigError, HostEnvironment};

/// Looks at everything that a host with this configuration stands on, and at all accounts or this one.
pub async fn examine(
    config: Result<Config, ConfigError>,
    outside: &HostEnvironment,
    account: Option<&AccountId>,
) -> Report {
    let config = match config {
        Ok(config) => config,
        Err(error) => return Report::new(vec![configuration::unreadable(&error)]),
    };
    let mut findings = configuration::look(&config).await;
    let listening = ListeningTransport::around(outside);
    if let Some(store) = database::look(&config, outside, &mut findings).await {
        findings.push(database::product(&config));
        // Without a public URL there are no services, and that has a finding of its own.
        if let Some(services) = Services::new(&config, outside, &listening, &store) {
            accounts::look(&config, &services, account, &mut findings).await;
        }
        findings.extend(database::clock(&store, outside).await);
        // What was only read is not lost where this takes too long.
        let _closed = within(&*outside.clock, PATIENCE, store.close()).await;
    }
    findings.push(listening.finding());
    Report::new(findings)
}

/// How long one database may take for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
