//! Configuration of a host: a TOML file, environment variables above it, and flags above both. Accounts are not part of it:
//! they are in the database.
//!
//! Everything is read once, into types that cannot be wrong. Missing settings are all listed together.

pub(crate) mod account;
mod layers;
mod metrics;
mod partner;
mod push;
mod retention;
mod section;
mod tokens;
mod web;

use std::{fmt, path::Path};

use greenhouse_core::{AccountId, Environment, HookKey, Secret, retention::RetentionConfig};
use greenhouse_harvest::{PushConfig, TokenConfig};
use greenhouse_partner::{PartnerConfig, WebhookSetUp};
use serde::{Deserialize, Deserializer, de};
use sqlx_store::{MasterKeys, StoreOptions};
use toml::Table;
use url::Url;

use self::layers::Layers;
pub use self::web::WebConfig;
use crate::{
    LogFormat, MetricsConfig, Program,
    document::{self, ConfigError},
};

/// The configuration of a host.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address to listen on, `address:port`.
    #[serde(default = "default_listen")]
    pub listen: String,
    /// Address under which Greenhouse and candidates reach this host.
    pub public_url: Url,
    /// The database of the integration: a path or `sqlite:` URL, or a `postgres:` URL, which can hold a password.
    #[serde(default = "default_database")]
    pub database: Secret,
    /// Schema of a PostgreSQL database that holds every table, created if it is missing. `None`: the schema that the server
    /// takes for the user, usually `public`.
    #[serde(default)]
    pub database_schema: Option<String>,
    /// The database file of the stand-in for the product.
    #[serde(default = "default_product_database")]
    pub product_database: String,
    /// The keys that seal the secrets in the database: the first seals, all of them open.
    #[serde(deserialize_with = "master_keys")]
    pub master_keys: MasterKeys,
    /// Account whose webhooks use the address without a hook key.
    #[serde(default)]
    pub default_account: Option<AccountId>,
    /// How long a push waits for what.
    #[serde(default, deserialize_with = "push::read")]
    pub push: PushConfig,
    /// How long a token for Harvest may take to come.
    #[serde(default, deserialize_with = "tokens::read")]
    pub tokens: TokenConfig,
    /// How long what comes from Greenhouse, and the notices to it, wait for what. Where notices may go is not configured.
    #[serde(default, deserialize_with = "partner::read")]
    pub partner: PartnerConfig,
    /// How long requests and answers may take, and how many connections there may be.
    #[serde(default, deserialize_with = "web::read")]
    pub web: WebConfig,
    /// How long what comes from Greenhouse, and the sync log, are kept.
    #[serde(default, deserialize_with = "retention::read")]
    pub retention: RetentionConfig,
    /// Who may read the metrics.
    #[serde(default, deserialize_with = "metrics::read")]
    pub metrics: MetricsConfig,
    /// The Greenhouse that outbound calls go to: the real one, or with `sandbox = "http://127.0.0.1:..."` a mock on this
    /// machine.
    #[serde(default, rename = "sandbox", deserialize_with = "sandbox")]
    pub environment: Environment,
    /// Format of the log.
    #[serde(default)]
    pub log_format: LogFormat,
    /// Environment variables that begin like settings and are none.
    #[serde(skip)]
    pub unknown_variables: Vec<String>,
}

impl Config {
    /// The defaults of everything else.
    pub fn new(public_url: Url, master_keys: MasterKeys) -> Self {
        Self {
            listen: default_listen(),
            public_url,
            database: default_database(),
            database_schema: None,
            product_database: default_product_database(),
            master_keys,
            default_account: None,
            push: PushConfig::default(),
            tokens: TokenConfig::default(),
            partner: PartnerConfig::default(),
            web: WebConfig::default(),
            retention: RetentionConfig::default(),
            metrics: MetricsConfig::default(),
            environment: Environment::production(),
            log_format: LogFormat::default(),
            unknown_variables: Vec::new(),
        }
    }

    /// Reads the file, if there is one, and these environment variables above it.
    ///
    /// # Errors
    ///
    /// [`ConfigError`]; what is missing is listed in full, and what is wrong is named by its path.
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        Self::read_under(file, environment, &[])
    }

    /// The same, with settings from the command line above the environment.
    pub(crate) fn read_under(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        typed: &[Typed],
    ) -> Result<Self, ConfigError> {
        let mut layers = Layers::over(file)?;
        let mut unknown_variables = Vec::new();
        for (name, text) in environment {
            match layers::place(&name) {
                Some(place) if !text.is_empty() => layers.set(&place, &text, &name)?,
                None if is_unknown(&name) => unknown_variables.push(name),
                _ => {}
            }
        }
        for Typed { flag, place, text } in typed {
            layers.set(place, text, flag)?;
        }
        for (member, reason) in moved(Program::this()) {
            if layers.document.contains_key(member) {
                return Err(ConfigError::Wrong {
                    path: member.to_owned(),
                    reason,
                });
            }
        }
        let mut missing = missing(&layers.document);
        if !missing.is_empty() && file.is_none() {
            missing.push(
                "no configuration file was named: --config FILE (GREENHOUSE_CONFIG)".to_owned(),
            );
        }
        if !missing.is_empty() {
            return Err(ConfigError::Missing(missing));
        }
        let document = std::mem::take(&mut layers.document);
        let mut config: Self =
            document::understand(document).map_err(|error| layers.name_source(error))?;
        config.unknown_variables = unknown_variables;
        Ok(config)
    }

    /// Settings that work and that somebody should know of.
    pub fn warnings(&self) -> Vec<String> {
        let sandbox = self.environment.sandbox_url().into_iter().map(|url| {
            format!("sandbox: every call to Greenhouse goes to {url}, and the real Greenhouse gets nothing")
        });
        let unknown = self.unknown_variables.iter();
        let unknown = unknown.map(|name| format!("{name} is not a setting of this program"));
        sandbox.chain(unknown).collect()
    }

    /// Options of the database.
    pub(crate) fn store_options(&self) -> StoreOptions {
        let options = StoreOptions::default();
        match &self.database_schema {
            Some(schema) => options.schema(schema),
            None => options,
        }
    }

    /// Where Greenhouse sends the webhooks of the account with this hook key.
    pub fn webhook_address(&self, hook_key: &HookKey) -> String {
        WebhookSetUp::endpoint_url(&self.public_url, hook_key).into()
    }
}

/// A setting from the command line.
#[derive(Clone)]
pub(crate) struct Typed {
    /// The flag as it is typed.
    pub(crate) flag: String,
    /// The place in the file.
    pub(crate) place: String,
    /// The value.
    pub(crate) text: String,
}

/// Every environment variable of the configuration, and its place in the file.
pub(crate) fn variables() -> impl Iterator<Item = (String, String)> {
    layers::places().map(|place| (layers::variable(&place), place))
}

/// Returns `true` for a variable that looks like one of ours, and that nothing reads.
fn is_unknown(name: &str) -> bool {
    let of_account = || account::VARIABLES.iter().any(|one| one.name == name);
    name.starts_with(layers::PREFIX) && name != "GREENHOUSE_CONFIG" && !of_account()
}

/// Every required setting that is missing, with its possible sources.
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

fn sandbox<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Environment, D::Error> {
    let url = String::deserialize(deserializer)?;
    Environment::sandbox(url).map_err(de::Error::custom)
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

#[cfg(test)]
mod tests;
