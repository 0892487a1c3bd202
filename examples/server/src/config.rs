//! What a host is configured with: a TOML file, environment variables above it, and flags above both. Accounts are not part
//! of it: they are in the database.
//!
//! Everything is read once, into types that cannot be wrong. What is missing is listed in full, not one at a time.

mod flags;
mod metrics;
mod retention;
mod times;
mod web;

use std::{fmt, path::Path};

use greenhouse_core::{AccountId, HookKey, Secret, retention::RetentionConfig};
use greenhouse_harvest::{PushConfig, TokenConfig};
use greenhouse_partner::{PartnerConfig, WebhookSetUp};
use serde::{Deserialize, Deserializer, de};
use sqlx_store::MasterKeys;
use toml::Table;
use url::Url;

pub use self::web::WebConfig;
use crate::{
    LogFormat, MetricsConfig, Program,
    document::{self, Kind, Variable},
};

pub(crate) use self::flags::Flags;

/// The configuration of a host.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen, `address:port`.
    #[serde(default = "default_listen")]
    pub listen: String,
    /// The address under which the public, and so Greenhouse, reaches this host.
    pub public_url: Url,
    /// The database of the integration: a path or `sqlite:` URL, or a `postgres:` URL, which can hold a password.
    #[serde(default = "default_database")]
    pub database: Secret,
    /// The database file of the stand-in for the product.
    #[serde(default = "default_product_database")]
    pub product_database: String,
    /// The keys that seal the secrets in the database: the first seals, all of them open.
    #[serde(deserialize_with = "master_keys")]
    pub master_keys: MasterKeys,
    /// The account whose webhooks come to the address without a hook key.
    #[serde(default)]
    pub default_account: Option<AccountId>,
    /// How long a push waits for what.
    #[serde(default, deserialize_with = "times::push")]
    pub push: PushConfig,
    /// How long a token for Harvest may take to come.
    #[serde(default, deserialize_with = "times::tokens")]
    pub tokens: TokenConfig,
    /// How long what comes from Greenhouse, and the notices to it, wait for what. Where notices may go is not configured.
    #[serde(default, deserialize_with = "times::partner")]
    pub partner: PartnerConfig,
    /// How long requests and answers may take, and how many connections there may be.
    #[serde(default, deserialize_with = "web::web")]
    pub web: WebConfig,
    /// How long what comes from Greenhouse, and the sync log, are kept.
    #[serde(default, deserialize_with = "retention::retention")]
    pub retention: RetentionConfig,
    /// Who may read the metrics.
    #[serde(default, deserialize_with = "metrics::metrics")]
    pub metrics: MetricsConfig,
    /// What a line of the log looks like.
    #[serde(default)]
    pub log_format: LogFormat,
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
        Self::read_under(file, variable, &Flags::default())
    }

    /// The same, with flags above the environment.
    pub(crate) fn read_under(
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
        flags: &Flags,
    ) -> Result<Self, ConfigError> {
        let variables: Vec<Variable> = variables().collect();
        let document = document::read_under(file, &variables, variable, |one| flags.of(one))?;
        for (member, reason) in moved(Program::this()) {
            if document.contains_key(member) {
                return Err(ConfigError::Wrong {
                    path: member.to_owned(),
                    reason,
                });
            }
        }
        let mut missing = missing(&document);
        if !missing.is_empty() && file.is_none() {
            missing.push(
                "no configuration file was named: --config FILE (GREENHOUSE_CONFIG)".to_owned(),
            );
        }
        if !missing.is_empty() {
            return Err(ConfigError::Missing(missing));
        }
        document::understand(document).map_err(|error| flags.named_in(error))
    }

    /// Where Greenhouse sends the webhooks of the account with this hook key.
    pub fn webhook_address(&self, hook_key: &HookKey) -> String {
        WebhookSetUp::endpoint_url(&self.public_url, hook_key).into()
    }
}

/// The environment variables, and where each goes.
pub(crate) fn variables() -> impl Iterator<Item = Variable> {
    let sections = times::VARIABLES.iter().chain(&web::VARIABLES);
    let sections = sections.chain(&retention::VARIABLES);
    let sections = sections.chain([&metrics::TOKEN]);
    VARIABLES.iter().chain(sections).copied()
}

/// Why a file or the environment cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the file {path} cannot be read")]
    File {
        /// Its path.
        path: String,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML. The cause is not shown: it would quote the line, and with it perhaps a secret.
    #[error("the file {path} is not TOML, at line {line}")]
    Syntax {
        /// Its path.
        path: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// Something that cannot be done without is not there.
    #[error("missing, in the file and in the environment:\n{}", .0.join("\n"))]
    Missing(Vec<String>),
    /// A value cannot work.
    #[error("{path}: {reason}")]
    Wrong {
        /// Where it is in the file.
        path: String,
        /// Why it cannot work.
        reason: String,
    },
}

/// Everything that cannot be done without and is not there, each with where it can come from.
fn missing(document: &Table) -> Vec<String> {
    let mut missing = Vec::new();
    if !document.contains_key("public_url") {
        missing.push("  public_url (GREENHOUSE_PUBLIC_URL, --public-url): the address under which Greenhouse reaches this host".to_owned());
    }
    let keys = document.get("master_keys");
    if keys.is_none_or(|keys| keys.as_array().is_some_and(Vec::is_empty)) {
        let program = Program::this();
        missing.push(format!(
            "  master_keys (GREENHOUSE_MASTER_KEYS): seals the secrets in the database; make one with `{program} keys \
             master`"
        ));
    }
    missing
}

/// What stood here once, and where it is now.
fn moved(program: Program) -> [(&'static str, String); 2] {
    [
        (
            "accounts",
            format!(
                "accounts are in the database; put these sections into a file of their own and bring them in with \
                 `{program} accounts apply --config FILE ACCOUNTS`"
            ),
        ),
        (
            "report_links",
            format!(
                "each account has keys of its own, made by `{program} accounts apply`; to keep earlier links alive, put \
                 the key into the account's section as report_links = {{ current = {{ id = \"1\", secret = \"...\" }} }}"
            ),
        ),
    ]
}

/// An error says which of them is wrong, and nothing of it.
fn master_keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MasterKeys, D::Error> {
    let texts = Vec::<Secret>::deserialize(deserializer)?;
    let mut keys = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        let key = text.expose().trim().parse();
        let wrong = |error: &dyn fmt::Display| {
            de::Error::custom(format_args!("key {} of them: {error}", index + 1))
        };
        keys.push(key.map_err(|error| wrong(&error))?);
    }
    let mut keys = keys.into_iter();
    let current = keys
        .next()
        .ok_or_else(|| de::Error::custom("at least one key is needed"))?;
    Ok(MasterKeys::new(current, keys))
}

fn default_listen() -> String {
    "127.0.0.1:8080".to_owned()
}

fn default_database() -> Secret {
    Secret::new("greenhouse.sqlite")
}

fn default_product_database() -> String {
    "product.sqlite".to_owned()
}

const VARIABLES: &[Variable] = &[
    Variable::new("GREENHOUSE_LISTEN", &["listen"], Kind::Text),
    Variable::new("GREENHOUSE_PUBLIC_URL", &["public_url"], Kind::Text),
    Variable::new("GREENHOUSE_DATABASE", &["database"], Kind::Text),
    Variable::new(
        "GREENHOUSE_PRODUCT_DATABASE",
        &["product_database"],
        Kind::Text,
    ),
    Variable::new("GREENHOUSE_MASTER_KEYS", &["master_keys"], Kind::List).secret(),
    Variable::new(
        "GREENHOUSE_DEFAULT_ACCOUNT",
        &["default_account"],
        Kind::Text,
    ),
    Variable::new("GREENHOUSE_LOG_FORMAT", &["log_format"], Kind::Text),
];

#[cfg(test)]
mod tests;
