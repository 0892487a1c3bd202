use std::path::Path;

use greenhouse_core::{
    AccountId,
    platform::{ProductJob, Scenario},
    report_link::ReportLinks,
    settings::{AssessmentSettings, KeyDigest, PushSettings, SyncSettings},
};
use serde::Deserialize;
use toml::{Table, Value};

use crate::{
    Program,
    config::account::VARIABLES,
    document::{self, ConfigError},
};

/// What a person wrote about accounts: a TOML file, and the environment variables of one account above it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountsFile {
    /// The accounts.
    pub accounts: Vec<AccountConfig>,
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
    /// The keys of its report links. Without them, a known account keeps its own and a new one gets a key.
    #[serde(default)]
    pub report_links: Option<ReportLinks>,
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
    /// An account with no direction yet.
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

impl AccountsFile {
    /// Reads the file, if there is one, and these environment variables above it: they go to the first account of the file;
    /// without a file, to an account named `default`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`]; what is missing is listed in full, and what is wrong is named by its path.
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut document = match file {
            Some(path) => document::parse(path)?,
            None => Table::new(),
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
        document::understand(document)
    }
}

/// Every required setting that is missing, with its possible sources.
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
            "  accounts: at least one account, in the file that `{program} accounts apply` is given"
        ));
    }
    let no_token = |account: &Value| {
        let tokens = account.get("operator_tokens").and_then(Value::as_array);
        tokens.is_none_or(|tokens| tokens.is_empty())
    };
    if accounts.is_empty() || accounts.iter().any(no_token) {
        missing.push(format!(
            "  accounts.operator_tokens (GREENHOUSE_OPERATOR_TOKEN_DIGESTS): the digest of a token for the operator's \
             endpoints, for every account; make one with `{program} keys operator`"
        ));
    }
    missing
}
