//! TOML documents that people wrote: merged with other sources, and read without repeating a secret.

use std::{fs, path::Path};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// Reads a file.
pub(crate) fn parse(path: &Path) -> Result<Table, ConfigError> {
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

/// Sets a member of a table, and makes the tables on the way.
pub(crate) fn put(table: &mut Table, path: &[&str], value: Value) {
    match path {
        [] => {}
        [member] => drop(table.insert((*member).to_owned(), value)),
        [member, rest @ ..] => {
            let inner = table
                .entry(*member)
                .or_insert_with(|| Value::Table(Table::new()));
            if !inner.is_table() {
                *inner = Value::Table(Table::new());
            }
            if let Value::Table(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// A list that is separated by commas.
pub(crate) fn list(text: &str) -> Value {
    let items = text.split(',').map(str::trim);
    let items = items.filter(|item| !item.is_empty());
    Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
}

/// Reads a document into its type.
///
/// # Errors
///
/// [`ConfigError::Wrong`] with the path of the wrong member.
pub(crate) fn understand<T: DeserializeOwned>(document: Table) -> Result<T, ConfigError> {
    serde_path_to_error::deserialize(Value::Table(document)).map_err(|error| ConfigError::Wrong {
        path: error.path().to_string(),
        reason: in_words(&without_values(error.inner().message())),
    })
}

/// A message without the text that serde quotes: it may be a secret in the wrong place.
fn without_values(message: &str) -> String {
    let quoted = message.split_once("string \"");
    match quoted.and_then(|(before, rest)| Some((before, rest.rsplit_once('"')?.1))) {
        Some((before, after)) => format!("{before}a string{after}"),
        None => message.to_owned(),
    }
}

/// A message without words of Rust.
fn in_words(message: &str) -> String {
    let message = message.replace("a sequence", "a list in square brackets");
    match message.split_once("expected struct ") {
        Some((before, _)) => format!("{before}expected a table in curly brackets"),
        None => message,
    }
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

impl ConfigError {
    /// The same error, with the variable or flag that the value came from.
    pub(crate) fn with_source(&self, source: &str) -> Self {
        match self {
            Self::Wrong { path, reason } => Self::Wrong {
                path: format!("{source} ({path})"),
                reason: reason.clone(),
            },
            _ => Self::Wrong {
                path: source.to_owned(),
                reason: self.to_string(),
            },
        }
    }
}
