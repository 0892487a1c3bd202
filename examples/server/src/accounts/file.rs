use std::path::Path;

use greenhouse_core::{
    AccountId, Secret,
    platform::{ProductJob, Scenario},
    report_link::ReportLinks,
    settings::{AssessmentSettings, KeyDigest, PushSettings, SyncSettings},
};
use serde::{Deserialize, Deserializer, de};
use toml::{Table, Value};

use crate::{
    Program,
    config::account::VARIABLES,
    toml_file::{self, ConfigError, TomlFile},
};

/// Contents of a TOML accounts file. Environment variables override the first account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountsFile {
    /// Accounts in the order of the file.
    pub accounts: Vec<AccountConfig>,
}

/// One account in an accounts file. The settings of each direction are optional: assessments, push
/// and sync.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountConfig {
    /// Id of the account.
    #[serde(deserialize_with = "account_id")]
    pub id: AccountId,
    /// Digests of the tokens for the operator endpoints of the account.
    #[serde(default)]
    pub operator_tokens: Vec<KeyDigest>,
    /// Scenarios for the demo product.
    #[serde(default)]
    pub scenarios: Vec<Scenario>,
    /// Jobs for the demo product.
    #[serde(default)]
    pub product_jobs: Vec<ProductJob>,
    /// Report link keys. `None` keeps the keys of an existing account, and creates a key for a new
    /// account.
    #[serde(default)]
    pub report_links: Option<ReportLinks>,
    /// Settings for assessments of candidates that Greenhouse sends.
    #[serde(default)]
    pub assessments: Option<AssessmentSettings>,
    /// Settings for pushing candidates to Greenhouse.
    #[serde(default)]
    pub push: Option<PushSettings>,
    /// Settings for webhooks about pushed candidates.
    #[serde(default)]
    pub sync: Option<SyncSettings>,
}

impl AccountConfig {
    /// Creates an account without settings for assessments, push and sync.
    pub fn new(id: AccountId, operator_tokens: Vec<KeyDigest>) -> Self {
        Self {
            id,
            operator_tokens,
            scenarios: Vec::new(),
            product_jobs: Vec::new(),
            report_links: None,
            assessments: None,
            push: None,
            sync: None,
        }
    }
}

impl AccountConfig {
    /// Returns warnings about settings that are valid but insecure.
    pub fn warnings(&self) -> Vec<String> {
        let secrets = self.sync.iter().flat_map(SyncSettings::secrets);
        let short = secrets.enumerate().filter(|(_, secret)| secret.is_short());
        let warning = |(index, _): (usize, _)| {
            let (id, number, safe) = (&self.id, index + 1, Secret::SAFE_LENGTH);
            format!(
                "account {id}: sync.secrets: webhook secret {number} has fewer than {safe} \
                 characters, so it is easy to guess; replace it with a random one, for example from \
                 `openssl rand -hex 32`, here and in Greenhouse"
            )
        };
        short.map(warning).collect()
    }
}

/// Deserializes an account id. Accepts a blank id, which `apply` rejects with the position
/// of the account.
fn account_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AccountId, D::Error> {
    let id = AccountId::deserialize(deserializer)?;
    if !id.as_str().trim().is_empty() {
        id.check().map_err(de::Error::custom)?;
    }
    Ok(id)
}

impl AccountsFile {
    /// Reads the file, if any, overridden by these environment variables. They apply to the first
    /// account in the file or, without a file, to an account named `default`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] lists every missing setting, or describes the first invalid one.
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let (mut document, file) = match file {
            Some(path) => TomlFile::read(path)?,
            None => (Table::new(), TomlFile::default()),
        };
        for (name, text) in environment {
            let variable = VARIABLES.iter().find(|variable| variable.name == name);
            if let Some(variable) = variable.filter(|_| !text.is_empty()) {
                variable.put(&mut document, &text)?;
            }
        }
        let missing = missing(&document);
        if !missing.is_empty() {
            return Err(ConfigError::Missing(missing));
        }
        toml_file::deserialize(document).map_err(|error| file.locate(error))
    }
}

/// Describes each required setting that is missing, and how to set it.
fn missing(document: &Table) -> Vec<String> {
    let accounts = document
        .get("accounts")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let program = Program::this();
    let mut missing = Vec::new();
    if accounts.is_empty() {
        missing.push(format!(
            "  accounts: at least one [[accounts]] section in the file that you pass to \
             `{program} accounts apply`"
        ));
    }
    let without_token = accounts.iter().filter(|account| {
        let tokens = account.get("operator_tokens").and_then(Value::as_array);
        tokens.is_none_or(|tokens| tokens.is_empty())
    });
    let mut names: Vec<_> = without_token
        .map(|account| match account.get("id").and_then(Value::as_str) {
            Some(id) => format!(" of account {id}"),
            None => " of an account without an id".to_owned(),
        })
        .collect();
    if accounts.is_empty() {
        names.push(String::new());
    }
    for account in names {
        missing.push(format!(
            "  operator_tokens{account} (GREENHOUSE_OPERATOR_TOKEN_DIGESTS): the digest of a token for the \
             operator endpoints; create one with `{program} keys operator`"
        ));
    }
    missing
}
