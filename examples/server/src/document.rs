//! From a file and the environment to one document, and from that to what it says.

use std::{fmt, fs, path::Path};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::ConfigError;

/// Reads the file, if there is one, and the environment above it.
pub(crate) fn read(
    file: Option<&Path>,
    variables: &[Variable],
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Table, ConfigError> {
    read_under(file, variables, environment, |_| None)
}

/// Reads the file, if there is one, the environment above it, and the flags above both. A flag is asked for by the variable
/// that it stands for.
pub(crate) fn read_under(
    file: Option<&Path>,
    variables: &[Variable],
    environment: impl Fn(&str) -> Option<String>,
    flag: impl Fn(&Variable) -> Option<String>,
) -> Result<Table, ConfigError> {
    let mut document = match file {
        Some(path) => parse(path)?,
        None => Table::new(),
    };
    for variable in variables {
        if let Some(text) = environment(variable.name).filter(|text| !text.is_empty()) {
            put(&mut document, variable, variable.name, text)?;
        }
        if let Some(text) = flag(variable) {
            put(&mut document, variable, &variable.flag_as_typed(), text)?;
        }
    }
    Ok(document)
}

/// What the document says, or where it is wrong.
pub(crate) fn understand<T: DeserializeOwned>(document: Table) -> Result<T, ConfigError> {
    serde_path_to_error::deserialize(Value::Table(document)).map_err(|error| ConfigError::Wrong {
        path: error.path().to_string(),
        reason: in_words(&without_values(error.inner().message())),
    })
}

/// An environment variable, and where it goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: &'static str,
    path: &'static [&'static str],
    kind: Kind,
    is_secret: bool,
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = match self.kind {
            Kind::List => ", comma separated",
            Kind::Text | Kind::Number | Kind::Decimal => "",
        };
        write!(f, "  {:<34} {}{list}", self.name, self.place())
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    /// A whole number.
    Number,
    Decimal,
    /// Separated by commas.
    List,
}

impl Variable {
    pub(crate) const fn new(name: &'static str, path: &'static [&'static str], kind: Kind) -> Self {
        Self {
            name,
            path,
            kind,
            is_secret: false,
        }
    }

    /// The same as a secret, which has no flag: whoever is on the machine can read a command line.
    pub(crate) const fn secret(self) -> Self {
        Self {
            is_secret: true,
            ..self
        }
    }

    /// Where it goes, with dots.
    pub(crate) fn place(&self) -> String {
        self.path.join(".")
    }

    /// The flag above it, without its dashes in front; none for a secret.
    pub(crate) fn flag(&self) -> Option<String> {
        (!self.is_secret).then(|| self.path.join("-").replace('_', "-"))
    }

    /// The flag as it is typed.
    pub(crate) fn flag_as_typed(&self) -> String {
        format!("--{}", self.flag().unwrap_or_default())
    }

    fn value(&self, source: &str, text: String) -> Result<Value, ConfigError> {
        match self.kind {
            Kind::Text => Ok(Value::String(text)),
            Kind::Number => {
                let number = text.trim().parse().map(Value::Integer);
                number.map_err(|_| wrong(source, "a whole number is expected"))
            }
            Kind::Decimal => {
                let number = text.trim().parse().map(Value::Float);
                number.map_err(|_| wrong(source, "a number is expected"))
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

fn wrong(source: &str, reason: &str) -> ConfigError {
    ConfigError::Wrong {
        path: source.to_owned(),
        reason: reason.to_owned(),
    }
}

/// A message without the text of the document that serde quotes in it: that may be a secret in the wrong place.
fn without_values(message: &str) -> String {
    let quoted = message.split_once("string \"");
    match quoted.and_then(|(before, rest)| Some((before, rest.rsplit_once('"')?.1))) {
        Some((before, after)) => format!("{before}a string{after}"),
        None => message.to_owned(),
    }
}

/// A message without the words of a programmer.
fn in_words(message: &str) -> String {
    let message = message.replace("a sequence", "a list in square brackets");
    match message.split_once("expected struct ") {
        Some((before, _)) => format!("{before}expected a table in curly brackets"),
        None => message,
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

/// Puts this text, which came from `source`, to where the variable goes.
fn put(
    document: &mut Table,
    variable: &Variable,
    source: &str,
    text: String,
) -> Result<(), ConfigError> {
    let value = variable.value(source, text)?;
    let wrong = || ConfigError::Wrong {
        path: variable.place(),
        reason: format!("{source} cannot go there: the file has something else in its place"),
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

/// The first account of the file; without a file, an account of its own.
pub(crate) const ACCOUNT: &str = "accounts.0";

const DEFAULT_ACCOUNT: &str = "default";
