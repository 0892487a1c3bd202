//! From a file and the environment to one document, and from that to a configuration.

use std::{fmt, fs, path::Path};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::ConfigError;

/// The environment variables, and where each goes. Those of an account go to the first account of the file; without a
/// file, to an account of their own.
pub(crate) const VARIABLES: &[Variable] = &[
    Variable::new("GREENHOUSE_LISTEN", &["listen"], Kind::Text),
    Variable::new("GREENHOUSE_PUBLIC_URL", &["public_url"], Kind::Text),
    Variable::new("GREENHOUSE_DATABASE", &["database"], Kind::Text),
    Variable::new(
        "GREENHOUSE_PRODUCT_DATABASE",
        &["product_database"],
        Kind::Text,
    ),
    Variable::new(
        "GREENHOUSE_REPORT_LINK_SECRET",
        &["report_links", "secret"],
        Kind::Text,
    ),
    Variable::new("GREENHOUSE_ACCOUNT", &[ACCOUNT, "id"], Kind::Text),
    Variable::new(
        "GREENHOUSE_OPERATOR_TOKEN_DIGESTS",
        &[ACCOUNT, "operator_tokens"],
        Kind::List,
    ),
    Variable::new(
        "GREENHOUSE_PARTNER_KEY_DIGESTS",
        &[ACCOUNT, "assessments", "partner_keys"],
        Kind::List,
    ),
    Variable::new(
        "GREENHOUSE_COMPLETION_USER",
        &[ACCOUNT, "assessments", "completion", "user"],
        Kind::Text,
    ),
    Variable::new(
        "GREENHOUSE_COMPLETION_PASSWORD",
        &[ACCOUNT, "assessments", "completion", "password"],
        Kind::Text,
    ),
    Variable::new(
        "GREENHOUSE_CLIENT_ID",
        &[ACCOUNT, "push", "credential", "client_id"],
        Kind::Text,
    ),
    Variable::new(
        "GREENHOUSE_CLIENT_SECRET",
        &[ACCOUNT, "push", "credential", "client_secret"],
        Kind::Text,
    ),
    Variable::new(
        "GREENHOUSE_ACTING_USER",
        &[ACCOUNT, "push", "acting_user"],
        Kind::Number,
    ),
    Variable::new(
        "GREENHOUSE_HOOK_KEY",
        &[ACCOUNT, "sync", "hook_key"],
        Kind::Text,
    ),
    Variable::new(
        "GREENHOUSE_WEBHOOK_SECRETS",
        &[ACCOUNT, "sync", "secrets"],
        Kind::List,
    ),
];

/// An environment variable, and where it goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: &'static str,
    path: &'static [&'static str],
    kind: Kind,
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = match self.kind {
            Kind::List => ", comma separated",
            Kind::Text | Kind::Number => "",
        };
        write!(f, "  {:<34} {}{list}", self.name, self.path.join("."))
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Number,
    /// Separated by commas.
    List,
}

impl Variable {
    const fn new(name: &'static str, path: &'static [&'static str], kind: Kind) -> Self {
        Self { name, path, kind }
    }

    fn value(&self, text: String) -> Result<Value, ConfigError> {
        match self.kind {
            Kind::Text => Ok(Value::String(text)),
            Kind::Number => {
                text.trim()
                    .parse()
                    .map(Value::Integer)
                    .map_err(|_| ConfigError::Wrong {
                        path: self.name.to_owned(),
                        reason: "a whole number is expected".to_owned(),
                    })
            }
            Kind::List => {
                let items = text
                    .split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty());
                Ok(Value::Array(
                    items.map(|item| Value::String(item.to_owned())).collect(),
                ))
            }
        }
    }
}

pub(super) fn read<T: DeserializeOwned>(
    file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<T, ConfigError> {
    let mut document = match file {
        Some(path) => parse(path)?,
        None => Table::new(),
    };
    for known in VARIABLES {
        if let Some(text) = variable(known.name).filter(|text| !text.is_empty()) {
            let value = known.value(text)?;
            put(&mut document, known, value)?;
        }
    }
    let missing = missing(&document);
    if !missing.is_empty() {
        return Err(ConfigError::Missing(missing));
    }
    serde_path_to_error::deserialize(Value::Table(document)).map_err(|error| ConfigError::Wrong {
        path: error.path().to_string(),
        reason: without_values(error.inner().message()),
    })
}

/// A message without the text of the document that serde quotes in it: that may be a secret in the wrong place.
fn without_values(message: &str) -> String {
    let quoted = message.split_once("string \"");
    match quoted.and_then(|(before, rest)| Some((before, rest.rsplit_once('"')?.1))) {
        Some((before, after)) => format!("{before}a string{after}"),
        None => message.to_owned(),
    }
}

fn parse(path: &Path) -> Result<Table, ConfigError> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|source| ConfigError::File {
        path: shown.clone(),
        source,
    })?;
    text.parse().map_err(|error: toml::de::Error| {
        let before = error
            .span()
            .and_then(|span| text.get(..span.start))
            .unwrap_or_default();
        ConfigError::Syntax {
            path: shown,
            line: before.matches('\n').count() + 1,
        }
    })
}

fn put(document: &mut Table, variable: &Variable, value: Value) -> Result<(), ConfigError> {
    let wrong = || ConfigError::Wrong {
        path: variable.path.join("."),
        reason: format!(
            "{} cannot go there: the file has something else in its place",
            variable.name
        ),
    };
    let mut table = document;
    let mut path = variable.path;
    if let [ACCOUNT, rest @ ..] = path {
        path = rest;
        let accounts = table
            .entry("accounts")
            .or_insert_with(|| Value::Array(Vec::new()));
        let accounts = accounts.as_array_mut().ok_or_else(wrong)?;
        if accounts.is_empty() {
            let mut account = Table::new();
            account.insert("id".to_owned(), Value::String(DEFAULT_ACCOUNT.to_owned()));
            accounts.push(Value::Table(account));
        }
        table = accounts
            .first_mut()
            .and_then(Value::as_table_mut)
            .ok_or_else(wrong)?;
    }
    while let [member, rest @ ..] = path {
        if rest.is_empty() {
            table.insert((*member).to_owned(), value);
            return Ok(());
        }
        let inner = table
            .entry(*member)
            .or_insert_with(|| Value::Table(Table::new()));
        table = inner.as_table_mut().ok_or_else(wrong)?;
        path = rest;
    }
    Err(wrong())
}

/// Everything that cannot be done without and is not there, each with where it can come from.
fn missing(document: &Table) -> Vec<String> {
    let mut missing = Vec::new();
    if !document.contains_key("public_url") {
        missing.push("  public_url (GREENHOUSE_PUBLIC_URL): the address under which Greenhouse reaches this host".to_owned());
    }
    let links = document.get("report_links").and_then(Value::as_table);
    if !links.is_some_and(|links| links.contains_key("secret")) {
        missing.push(
            "  report_links.secret (GREENHOUSE_REPORT_LINK_SECRET): signs report links; make one with `axum-host keys \
             report-link`"
                .to_owned(),
        );
    }
    let accounts = document
        .get("accounts")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if accounts.is_empty() {
        missing.push("  accounts: at least one account".to_owned());
    }
    let no_token = |account: &&Value| {
        let tokens = account.get("operator_tokens").and_then(Value::as_array);
        tokens.is_none_or(|tokens| tokens.is_empty())
    };
    if accounts.is_empty() || accounts.iter().any(|account| no_token(&account)) {
        missing.push(
            "  accounts.operator_tokens (GREENHOUSE_OPERATOR_TOKEN_DIGESTS): the digest of a token for the operator's \
             endpoints, for every account; make one with `axum-host keys operator`"
                .to_owned(),
        );
    }
    missing
}

const ACCOUNT: &str = "accounts.0";
const DEFAULT_ACCOUNT: &str = "default";
