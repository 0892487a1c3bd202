//! What the service is configured with: a TOML file, and environment variables above it.
//!
//! Everything is read once, into types that cannot be wrong. What is missing is listed in full, not one at a time.

mod source;

use std::{path::Path, sync::Arc};

use greenhouse_core::{
    AccountId, ReportAddress, ReportAddressError, Secret,
    platform::{ProductJob, Scenario},
    report_link::{ReportLinkKey, ReportLinkKeyError, ReportLinks},
    settings::{
        AccountSettings, AssessmentSettings, FixedSettings, FixedSettingsError, KeyDigest,
        PushSettings, Settings, SyncSettings,
    },
};
use serde::Deserialize;
use url::Url;

use crate::{OperatorTokens, OperatorTokensError};

pub(crate) use self::source::VARIABLES;

/// The configuration of a host.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen, `address:port`.
    #[serde(default = "default_listen")]
    pub listen: String,
    /// The address under which the public, and so Greenhouse, reaches this host.
    pub public_url: Url,
    /// The database file of the integration.
    #[serde(default = "default_database")]
    pub database: String,
    /// The database file of the stand-in for the product.
    #[serde(default = "default_product_database")]
    pub product_database: String,
    /// Signs report links.
    pub report_links: ReportLinkConfig,
    /// The account whose webhooks come to the address without a hook key.
    #[serde(default)]
    pub default_account: Option<AccountId>,
    /// The accounts.
    pub accounts: Vec<AccountConfig>,
}

/// The keys of report links.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportLinkConfig {
    /// Names the key, so that it can be rotated.
    #[serde(default = "default_key_id")]
    pub key_id: String,
    /// The key, at least 32 bytes.
    pub secret: Secret,
    /// Earlier keys, whose links stay valid.
    #[serde(default)]
    pub previous: Vec<PreviousKey>,
}

/// An earlier key of report links.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviousKey {
    /// Names the key.
    pub key_id: String,
    /// The key.
    pub secret: Secret,
}

/// One account. Its directions are optional, each for itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountConfig {
    /// Names the account.
    pub id: AccountId,
    /// The digests of the tokens that open its operator's endpoints.
    #[serde(default)]
    pub operator_tokens: Vec<KeyDigest>,
    /// What its candidates can take, for the stand-in for the product.
    #[serde(default)]
    pub scenarios: Vec<Scenario>,
    /// Its jobs, for the stand-in for the product.
    #[serde(default)]
    pub product_jobs: Vec<ProductJob>,
    /// Greenhouse sends candidates for assessment.
    #[serde(default)]
    pub assessments: Option<AssessmentSettings>,
    /// The product pushes candidates into Greenhouse.
    #[serde(default)]
    pub push: Option<PushSettings>,
    /// Webhooks bring back what happened to pushed candidates.
    #[serde(default)]
    pub sync: Option<SyncSettings>,
}

impl AccountConfig {
    fn settings(&self, report_links: ReportLinks) -> AccountSettings {
        let mut settings = AccountSettings::new(report_links);
        settings.assessments = self.assessments.clone();
        settings.push = self.push.clone();
        settings.sync = self.sync.clone();
        settings
    }
}

impl Config {
    /// Reads the file, if there is one, and the environment above it.
    ///
    /// # Errors
    ///
    /// [`ConfigError`]; what is missing is listed in full, and what is wrong is named by its path.
    pub fn read(
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let config: Self = source::read(file, variable)?;
        config.check()?;
        Ok(config)
    }

    /// The settings of all accounts.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Accounts`] where two accounts share a key, [`ConfigError::ReportLinks`] where a key is too short.
    pub fn settings(&self) -> Result<FixedSettings, ConfigError> {
        let links = self.report_links()?;
        let accounts = self
            .accounts
            .iter()
            .map(|account| (account.id.clone(), account.settings(links.clone())));
        Ok(FixedSettings::new(accounts, self.default_account.clone())?)
    }

    fn report_links(&self) -> Result<ReportLinks, ConfigError> {
        let key = |id: &str, secret: &Secret| ReportLinkKey::new(id, secret.clone());
        let current = key(&self.report_links.key_id, &self.report_links.secret)?;
        let previous = self
            .report_links
            .previous
            .iter()
            .map(|previous| key(&previous.key_id, &previous.secret))
            .collect::<Result<_, _>>()?;
        Ok(ReportLinks::new(current, previous))
    }

    /// Where the public finds reports.
    ///
    /// # Errors
    ///
    /// [`ConfigError::PublicUrl`] where the public address is none.
    pub fn reports(&self, settings: Arc<dyn Settings>) -> Result<ReportAddress, ConfigError> {
        Ok(ReportAddress::new(self.public_url.clone(), settings)?)
    }

    /// Who may use the operator's endpoints.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Operators`] where an account has no token, or shares one with another.
    pub fn operators(&self) -> Result<OperatorTokens, ConfigError> {
        let tokens = self
            .accounts
            .iter()
            .map(|account| (&account.id, account.operator_tokens.as_slice()));
        Ok(OperatorTokens::new(tokens)?)
    }

    /// What cannot work together is refused before anything is opened.
    fn check(&self) -> Result<(), ConfigError> {
        let settings = Arc::new(self.settings()?);
        self.reports(settings)?;
        self.operators()?;
        Ok(())
    }
}

/// Why the service cannot start with its configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {path} cannot be read")]
    File {
        /// Its path.
        path: String,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML. The cause is not shown: it would quote the line, and with it perhaps a secret.
    #[error("the configuration file {path} is not TOML, at line {line}")]
    Syntax {
        /// Its path.
        path: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// Something that cannot be done without is not there.
    #[error("missing from the configuration:\n{}", .0.join("\n"))]
    Missing(Vec<String>),
    /// A value cannot work.
    #[error("{path}: {reason}")]
    Wrong {
        /// Where it is in the file.
        path: String,
        /// Why it cannot work.
        reason: String,
    },
    /// The accounts do not go together.
    #[error(transparent)]
    Accounts(#[from] FixedSettingsError),
    /// The operator's endpoints cannot be guarded.
    #[error(transparent)]
    Operators(#[from] OperatorTokensError),
    /// A key of report links cannot be used.
    #[error("report_links cannot be used")]
    ReportLinks(#[from] ReportLinkKeyError),
    /// The public address is none.
    #[error("public_url cannot be used")]
    PublicUrl(#[from] ReportAddressError),
}

fn default_listen() -> String {
    "127.0.0.1:8080".to_owned()
}

fn default_database() -> String {
    "greenhouse.sqlite".to_owned()
}

fn default_product_database() -> String {
    "product.sqlite".to_owned()
}

fn default_key_id() -> String {
    "1".to_owned()
}

#[cfg(test)]
mod tests;
