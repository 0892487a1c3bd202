//! Parses TOML files that an operator writes. Errors contain the file, the line and the member, but
//! no secrets.

use std::{fmt, fs, io, path::Path};

use greenhouse_core::{
    parse_error::{Format, describe},
    plain,
};
use serde::de::DeserializeOwned;
use toml::{
    Table, Value,
    de::{DeTable, DeValue},
};

use crate::parse_error;

/// Text of a TOML file, kept to find the lines of members for errors. `Debug` omits the text, which
/// may contain secrets.
#[derive(Clone, Default)]
pub(crate) struct TomlFile {
    path: String,
    text: String,
}

impl fmt::Debug for TomlFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TomlFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl TomlFile {
    /// Reads and parses a file.
    pub(crate) fn read(path: &Path) -> Result<(Table, Self), ConfigError> {
        let text =
            fs::read_to_string(path).map_err(|error| ConfigError::unreadable(path, &error))?;
        let file = Self {
            path: path.display().to_string(),
            text,
        };
        match file.text.parse() {
            Ok(table) => Ok((table, file)),
            Err(error) => Err(file.syntax_error(&error)),
        }
    }

    fn syntax_error(self, error: &toml::de::Error) -> ConfigError {
        let start = error.span().map_or(0, |span| span.start);
        ConfigError::Syntax {
            line: self.line_at(start),
            reason: parse_error::describe_toml_syntax(error.message()).to_owned(),
            path: self.path,
        }
    }

    /// Adds the line of the invalid member to an error. Without a file, the error is unchanged.
    pub(crate) fn locate(&self, error: ConfigError) -> ConfigError {
        match error {
            ConfigError::Wrong {
                path,
                location: None,
                reason,
            } => ConfigError::Wrong {
                location: self.line(&path).map(|line| Location {
                    file: self.path.clone(),
                    line,
                }),
                path,
                reason,
            },
            error => error,
        }
    }

    /// Returns the line of a member, or of the innermost table around it that is in the file.
    fn line(&self, path: &str) -> Option<usize> {
        if self.text.is_empty() {
            return None;
        }
        let document = DeTable::parse(&self.text).ok()?.into_inner();
        let mut value = DeValue::Table(document);
        let mut start = None;
        for segment in path.split(['.', '[']).filter(|segment| !segment.is_empty()) {
            let index = segment
                .strip_suffix(']')
                .and_then(|index| index.parse::<usize>().ok());
            let found = match (value, index) {
                (DeValue::Table(table), None) => {
                    let is_named = |key: &str| key == segment || without_unit(key) == segment;
                    let mut members = table.into_iter();
                    let member = members.find(|(key, _)| is_named(key.get_ref()));
                    member.map(|(key, value)| (key.span().start, value.into_inner()))
                }
                (DeValue::Array(list), Some(index)) => {
                    let element = list.into_iter().nth(index);
                    element.map(|element| (element.span().start, element.into_inner()))
                }
                _ => None,
            };
            let Some((at, inner)) = found else { break };
            start = Some(at);
            value = inner;
        }
        start.map(|start| self.line_at(start))
    }

    fn line_at(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or_default();
        before.matches('\n').count() + 1
    }
}

/// Sets a member of a table, and creates the tables around it.
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

/// Splits a comma-separated list into a TOML array of strings. Omits empty items.
pub(crate) fn list(text: &str) -> Value {
    let items = text.split(',').map(str::trim);
    let items = items.filter(|item| !item.is_empty());
    Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
}

/// Returns the name of a setting without the unit at the end of older names, such as
/// `lease_seconds`.
pub(crate) fn without_unit(setting: &str) -> &str {
    let mut units = ["_seconds", "_days"].into_iter();
    let name = units.find_map(|unit| setting.strip_suffix(unit));
    name.unwrap_or(setting)
}

/// Returns the placeholder of a template that the operator has not replaced: `<...>` or `changeme`.
/// `None` if the text contains no placeholder.
pub(crate) fn placeholder(text: &str) -> Option<String> {
    if let Some((_, rest)) = text.split_once('<')
        && let Some((name, _)) = rest.split_once('>')
    {
        return Some(format!("<{name}>"));
    }
    let lower = text.to_ascii_lowercase();
    let mut words = ["changeme", "change-me", "change_me"].into_iter();
    words.find_map(|word| {
        let start = lower.find(word)?;
        text.get(start..start + word.len()).map(str::to_owned)
    })
}

/// Deserializes a document.
///
/// # Errors
///
/// [`ConfigError::Wrong`] with the path of the invalid member.
pub(crate) fn deserialize<T: DeserializeOwned>(document: Table) -> Result<T, ConfigError> {
    serde_path_to_error::deserialize(Value::Table(document)).map_err(|error| {
        let path = error.path().to_string();
        let secret = is_secret(&path);
        ConfigError::Wrong {
            reason: describe(error.inner().message(), Format::Toml, secret),
            path: path.trim_start_matches('.').to_owned(),
            location: None,
        }
    })
}

/// Returns `true` if a value at this path may be a secret.
fn is_secret(path: &str) -> bool {
    let mut words = [
        "key",
        "secret",
        "token",
        "password",
        "credential",
        "database",
    ]
    .into_iter();
    words.any(|word| path.contains(word))
}

/// Place of a member in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    file: String,
    line: usize,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file, self.line)
    }
}

/// Error in a configuration or accounts file, or in the environment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the file {path} cannot be read: {reason}")]
    File {
        /// Path of the file.
        path: String,
        /// Reason for the error.
        reason: String,
    },
    /// The file is not valid TOML. The message contains no text from the file, because it may be a
    /// secret.
    #[error("the file {path} is not valid TOML (line {line}): {reason}")]
    Syntax {
        /// Path of the file.
        path: String,
        /// Line, counted from 1.
        line: usize,
        /// Reason for the error.
        reason: String,
    },
    /// Required settings are missing. Contains one description for each.
    #[error("required settings are missing from the file and the environment:\n{}", .0.join("\n"))]
    Missing(Vec<String>),
    /// A value is invalid.
    #[error("{}{}{reason}", lead(location.as_ref(), ": "), lead(non_empty(path), ": "))]
    Wrong {
        /// Path of the member, such as `push.lease`. If an environment variable or flag set the
        /// value, its name followed by the path in parentheses.
        path: String,
        /// Place in the file. `None` if the value came from the environment or a flag.
        location: Option<Location>,
        /// Reason for the error.
        reason: String,
    },
}

impl ConfigError {
    pub(crate) fn wrong(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Wrong {
            path: path.into(),
            location: None,
            reason: reason.into(),
        }
    }

    /// Creates the error for a file that cannot be read, with a remedy.
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "the file does not exist; check the path".to_owned(),
            io::ErrorKind::IsADirectory => "the path is a folder; specify a file in it".to_owned(),
            io::ErrorKind::PermissionDenied => {
                "permission denied; allow this user to read the file".to_owned()
            }
            io::ErrorKind::InvalidData => "the file is not UTF-8 text; save it as UTF-8".to_owned(),
            io::ErrorKind::NotADirectory => {
                "a part of the path is not a folder; check the path".to_owned()
            }
            _ => {
                let error = plain::without_error_numbers(&error.to_string());
                format!("{error}; check the path and the disk")
            }
        };
        Self::File {
            path: path.display().to_string(),
            reason,
        }
    }

    /// Adds the variable or flag that set the value to the error.
    pub(crate) fn with_source(self, source: &str) -> Self {
        match self {
            Self::Wrong { path, reason, .. } => Self::wrong(format!("{source} ({path})"), reason),
            error => Self::wrong(source, error.to_string()),
        }
    }
}

fn non_empty(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn lead<T: fmt::Display>(text: Option<T>, end: &str) -> String {
    text.map_or_else(String::new, |text| format!("{text}{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_at_its_line() {
        let text = "listen = \"a\"\n\n[push]\nlease_seconds = 3\n[[accounts]]\nid = \"a\"\n\
                    [[accounts]]\nid = \"b\"\n[accounts.push]\ncredential = { client_id = 1 }\n";
        let file = TomlFile {
            path: "host.toml".to_owned(),
            text: text.to_owned(),
        };
        for (path, line) in [
            ("listen", Some(1)),
            ("push", Some(3)),
            ("push.lease", Some(4)),
            ("push.settle", Some(3)),
            ("accounts[0].id", Some(6)),
            ("accounts[1]", Some(7)),
            ("accounts[1].push.credential.client_id", Some(10)),
            ("public_url", None),
            ("", None),
        ] {
            assert_eq!(file.line(path), line, "{path}");
        }
    }

    #[test]
    fn every_unreadable_file_has_a_remedy() {
        let path = Path::new("host.toml");
        for (error, expected) in [
            (io::ErrorKind::NotFound.into(), "does not exist; check"),
            (io::ErrorKind::IsADirectory.into(), "a folder; specify"),
            (io::ErrorKind::NotADirectory.into(), "not a folder; check"),
            (io::ErrorKind::PermissionDenied.into(), "denied; allow"),
            (io::ErrorKind::InvalidData.into(), "text; save"),
            (
                io::Error::from_raw_os_error(5),
                "Input/output error; check the path and the disk",
            ),
        ] {
            let text = ConfigError::unreadable(path, &error).to_string();
            assert!(
                text.ends_with(expected) || text.contains(expected),
                "{text}"
            );
            assert!(text.starts_with("the file host.toml cannot be read: "));
            assert!(!text.contains("os error"), "{text}");
        }
    }

    #[test]
    fn placeholders_of_templates_are_found() {
        for (text, expected) in [
            ("https://<your-host>/x", Some("<your-host>")),
            ("ghmk_CHANGEME", Some("CHANGEME")),
            ("change-me", Some("change-me")),
            ("https://assess.example.com", None),
            ("a < b", None),
        ] {
            assert_eq!(placeholder(text).as_deref(), expected, "{text}");
        }
    }
}
