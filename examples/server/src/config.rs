//! Configuration of a host: a TOML file, overridden by environment variables, overridden by flags.
//! Accounts are stored in the database instead.
//!
//! Everything is read and validated once. Missing settings are listed together.

pub(crate) mod account;
mod layers;
mod metrics;
mod partner;
mod push;
mod retention;
mod section;
mod tokens;
mod web;

use std::path::Path;

use greenhouse_core::{
    AccountId, Environment, HookKey, ReportAddress, Secret, SecretProblem,
    retention::RetentionConfig,
};
use greenhouse_harvest::{PushConfig, TokenConfig};
use greenhouse_partner::{PartnerConfig, WebhookSetUp};
use serde::{Deserialize, Deserializer, de};
use sqlx_store::{MasterKey, MasterKeys, StoreOptions};
use toml::Table;
use url::{Host, Url};

use self::layers::Layers;
pub use self::web::WebConfig;
use crate::{
    LogFormat, MetricsConfig, Program,
    toml_file::{self, ConfigError, placeholder},
};

/// Configuration of a host.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address to listen on, `address:port`.
    #[serde(default = "default_listen")]
    pub listen: String,
    /// URL at which Greenhouse and candidates reach this host.
    #[serde(deserialize_with = "public_url")]
    pub public_url: Url,
    /// Database of the integration: a path or `sqlite:` URL, or a `postgres:` URL, which may
    /// contain a password.
    #[serde(default = "default_database")]
    pub database: Secret,
    /// PostgreSQL schema that contains all tables, created if it does not exist. `None` for the
    /// user's default schema, usually `public`.
    #[serde(default)]
    pub database_schema: Option<String>,
    /// Path of the demo product's database file.
    #[serde(default = "default_product_database")]
    pub product_database: String,
    /// Keys that encrypt the secrets in the database. The first key encrypts; all keys decrypt.
    #[serde(deserialize_with = "master_keys")]
    pub master_keys: MasterKeys,
    /// Account that receives the webhooks sent to the address without a hook key.
    #[serde(default, deserialize_with = "default_account")]
    pub default_account: Option<AccountId>,
    /// Deadlines and limits of pushes.
    #[serde(default, deserialize_with = "push::read")]
    pub push: PushConfig,
    /// Deadlines for Harvest token requests.
    #[serde(default, deserialize_with = "tokens::read")]
    pub tokens: TokenConfig,
    /// Deadlines and retries for requests from Greenhouse and for completion notices.
    #[serde(default, deserialize_with = "partner::read")]
    pub partner: PartnerConfig,
    /// Limits on incoming connections and requests.
    #[serde(default, deserialize_with = "web::read")]
    pub web: WebConfig,
    /// Retention of webhook deliveries and of the sync log.
    #[serde(default, deserialize_with = "retention::read")]
    pub retention: RetentionConfig,
    /// Access to the metrics.
    #[serde(default, deserialize_with = "metrics::read")]
    pub metrics: MetricsConfig,
    /// Target of outbound calls: the real Greenhouse, or with `sandbox = "http://127.0.0.1:..."` a
    /// mock on this machine.
    #[serde(default, rename = "sandbox", deserialize_with = "sandbox")]
    pub environment: Environment,
    /// Format of the log.
    #[serde(default)]
    pub log_format: LogFormat,
    /// Environment variables that begin with `GREENHOUSE_` but are not settings.
    #[serde(skip)]
    pub unknown_variables: Vec<String>,
}

impl Config {
    /// Creates a configuration with this URL and these keys, and defaults for everything else.
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

    /// Reads the file, if any, overridden by these environment variables.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] lists every missing setting, or describes the first invalid one.
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        Self::read_with_flags(file, environment, &[])
    }

    /// Reads the configuration like [`read`](Self::read). Command-line flags override everything
    /// else.
    pub(crate) fn read_with_flags(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: &[FlagSetting],
    ) -> Result<Self, ConfigError> {
        let mut layers = Layers::from_file(file)?;
        let mut unknown_variables = Vec::new();
        for (name, text) in environment {
            match layers::place(&name) {
                Some(place) if !text.is_empty() => layers.set(&place, &text, &name)?,
                None if is_unknown(&name) => unknown_variables.push(name),
                _ => {}
            }
        }
        for FlagSetting { flag, place, text } in flags {
            layers.set(place, text, flag)?;
        }
        for (member, reason) in moved_sections(Program::this()) {
            if layers.document.contains_key(member) {
                return Err(layers.locate(ConfigError::wrong(member, reason)));
            }
        }
        let mut missing = missing(&layers.document);
        if !missing.is_empty() && file.is_none() {
            missing.push(
                "  no configuration file: pass one with --config FILE (GREENHOUSE_CONFIG)"
                    .to_owned(),
            );
        }
        if !missing.is_empty() {
            return Err(ConfigError::Missing(missing));
        }
        let document = std::mem::take(&mut layers.document);
        let mut config: Self =
            toml_file::deserialize(document).map_err(|error| layers.locate(error))?;
        config.unknown_variables = unknown_variables;
        Ok(config)
    }

    /// Returns warnings about valid settings that the operator may not have intended.
    pub fn warnings(&self) -> Vec<String> {
        let sandbox = self.environment.sandbox_url().into_iter().map(|url| {
            format!(
                "sandbox: every call goes to {url} instead of the real Greenhouse; remove \
                 `sandbox` (GREENHOUSE_SANDBOX, --sandbox) to call the real Greenhouse"
            )
        });
        let url = &self.public_url;
        let unencrypted = (url.scheme() == "http" && !is_loopback(url)).then(|| {
            format!("public_url: {url} is not encrypted; use https, because requests contain keys")
        });
        let unknown = self.unknown_variables.iter();
        let program = Program::this();
        let unknown = unknown.map(|name| {
            format!("{name} is not a setting; correct or unset it (`{program} --help` lists every variable)")
        });
        sandbox.chain(unencrypted).chain(unknown).collect()
    }

    /// Returns the options for opening the database.
    pub(crate) fn store_options(&self) -> StoreOptions {
        let options = StoreOptions::default();
        match &self.database_schema {
            Some(schema) => options.schema(schema),
            None => options,
        }
    }

    /// Returns the URL to which Greenhouse sends the webhooks of the account with this hook key.
    pub fn webhook_address(&self, hook_key: &HookKey) -> String {
        WebhookSetUp::endpoint_url(&self.public_url, hook_key).into()
    }
}

/// Setting from the command line.
#[derive(Clone)]
pub(crate) struct FlagSetting {
    /// Flag, such as `--listen`.
    pub(crate) flag: String,
    /// Path of the setting in the file, such as `push.lease`.
    pub(crate) place: String,
    /// Value as text.
    pub(crate) text: String,
}

/// Returns the environment variables of the configuration, each with the path of its setting.
pub(crate) fn variables() -> impl Iterator<Item = (String, String)> {
    layers::places().map(|place| (layers::variable(&place), place))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Returns `true` for a variable that begins with `GREENHOUSE_` but is not a setting.
fn is_unknown(name: &str) -> bool {
    let of_account = || account::VARIABLES.iter().any(|one| one.name == name);
    name.starts_with(layers::PREFIX) && name != "GREENHOUSE_CONFIG" && !of_account()
}

/// Describes each required setting that is missing, and how to set it.
fn missing(document: &Table) -> Vec<String> {
    let mut missing = Vec::new();
    if !document.contains_key("public_url") {
        missing.push(
            "  public_url (GREENHOUSE_PUBLIC_URL, --public-url): the URL at which Greenhouse \
             reaches this host, such as https://assess.example.com"
                .to_owned(),
        );
    }
    let keys = document.get("master_keys");
    if keys.is_none_or(|keys| keys.as_array().is_some_and(Vec::is_empty)) {
        let program = Program::this();
        missing.push(format!(
            "  master_keys (GREENHOUSE_MASTER_KEYS): the key that encrypts the secrets in the database; \
             create one with `{program} keys master`"
        ));
    }
    missing
}

/// Returns the sections of earlier versions, each with instructions for moving it.
fn moved_sections(program: Program) -> [(&'static str, String); 2] {
    [
        (
            "accounts",
            format!(
                "accounts are stored in the database; move these sections to a separate file and apply it \
                 with `{program} accounts apply --config FILE ACCOUNTS`"
            ),
        ),
        (
            "report_links",
            format!(
                "each account has its own keys, created by `{program} accounts apply`; to keep \
                 earlier links valid, add the key to the account's section: report_links = {{ \
                 current = {{ id = \"1\", secret = \"...\" }} }}"
            ),
        ),
    ]
}

/// Parses the keys. An error contains the position of the invalid key, but no part of the key.
fn master_keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MasterKeys, D::Error> {
    let texts = Vec::<Secret>::deserialize(deserializer)?;
    let mut keys = Vec::with_capacity(texts.len());
    for (index, secret) in texts.iter().enumerate() {
        let text = secret.expose();
        match secret.check_characters() {
            Ok(()) | Err(SecretProblem::Empty) => {}
            Err(problem) => {
                let number = index + 1;
                return Err(de::Error::custom(format_args!("key {number}: {problem}")));
            }
        }
        let key = text.parse::<MasterKey>().map_err(|_| {
            let (number, program) = (index + 1, Program::this());
            let found = match placeholder(text) {
                Some(_) => "a placeholder".to_owned(),
                None => format!("{} characters", text.chars().count()),
            };
            <D::Error as de::Error>::custom(format_args!(
                "key {number}: expected `ghmk_` and 64 hexadecimal digits, got {found}; create a key with \
                 `{program} keys master`"
            ))
        });
        keys.push(key?);
    }
    let mut keys = keys.into_iter();
    let current = keys
        .next()
        .ok_or_else(|| de::Error::custom("expected at least one key"))?;
    Ok(MasterKeys::new(current, keys))
}

fn public_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    let text = String::deserialize(deserializer)?;
    if let Some(placeholder) = placeholder(&text) {
        return Err(de::Error::custom(format_args!(
            "replace the placeholder {placeholder:?} in {text:?}"
        )));
    }
    ReportAddress::parse_base(&text)
        .map_err(|error| de::Error::custom(format_args!("{error}{}", got(&text))))
}

/// Returns the end of an error message, `, got "..."`. Empty if the text may contain a password.
fn got(text: &str) -> String {
    match text.contains('@') {
        true => String::new(),
        false => format!(", got {text:?}"),
    }
}

fn default_account<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<AccountId>, D::Error> {
    let text = String::deserialize(deserializer)?;
    AccountId::parse(&text).map(Some).map_err(de::Error::custom)
}

fn sandbox<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Environment, D::Error> {
    let url = String::deserialize(deserializer)?;
    Environment::sandbox(&url).map_err(|_| {
        de::Error::custom(format_args!(
            "expected the URL of a mock on this machine, such as http://127.0.0.1:4010{}",
            got(&url)
        ))
    })
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
