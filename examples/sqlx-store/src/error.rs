//! Errors that cannot carry what is stored.

mod open;

use std::{borrow::Cow, error::Error, fmt, io};

use greenhouse_core::{settings::SettingsAtRestError, store::StoreError};

pub use self::open::OpenError;
use crate::seal::SealError;

/// What a database said, without statements and values: an error of a database can quote the row it is about.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct DatabaseError {
    text: Cow<'static, str>,
}

impl DatabaseError {
    pub(crate) fn new(error: &sqlx::Error) -> Self {
        let text = match error {
            sqlx::Error::Database(error) => {
                let code = match error.code().unwrap_or(Cow::Borrowed("unknown")) {
                    // A pooler has one code for everything.
                    code if code == "08P01" && error.message().contains(NO_DATABASE) => {
                        Cow::Borrowed("3D000")
                    }
                    code => code,
                };
                let meaning = meaning(&code)
                    .map(|text| format!(" ({text})"))
                    .unwrap_or_default();
                return Self::text(Cow::Owned(format!(
                    "the database answered code {code}{meaning}"
                )));
            }
            sqlx::Error::Io(error) => {
                let text = match error.raw_os_error() {
                    Some(code) => io::Error::from_raw_os_error(code).to_string(),
                    None => error.kind().to_string(),
                };
                return Self::text(Cow::Owned(format!("the connection failed: {text}")));
            }
            sqlx::Error::PoolTimedOut => {
                "no connection was to be had in time: the server does not answer, or all are in use"
            }
            sqlx::Error::PoolClosed => "the store is closed",
            sqlx::Error::WorkerCrashed => "the connection is gone",
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                "a column has another type"
            }
            sqlx::Error::RowNotFound => "a row is missing",
            sqlx::Error::Tls(_) => {
                "no TLS connection came about: the server offers none, or its certificate was refused"
            }
            _ => "the call failed",
        };
        Self::text(Cow::Borrowed(text))
    }

    pub(crate) fn text(text: Cow<'static, str>) -> Self {
        Self { text }
    }
}

/// What a person can do something about, in words.
fn meaning(code: &str) -> Option<&'static str> {
    if code.len() == SQLSTATE {
        return Some(match code {
            "08P01" => {
                "a pooler lost its connection to the server, or refuses a setting of the URL such as `options`"
            }
            "25006" => "it can only be read, as a standby",
            "28000" | "28P01" => "user or password are refused",
            "3D000" => "there is no database of this name",
            "42501" => "the user has no permission to do this",
            "53100" => "the disk is full",
            "53200" => "it is out of memory",
            "53300" => "it has too many connections",
            "55P03" => "another held a lock for too long",
            "57014" => "the statement took too long",
            "57P01" => "the server is shutting down",
            "57P03" => "the server is starting",
            "58030" => "the disk failed",
            _ => return None,
        });
    }
    // The upper bytes of a code of SQLite only refine it.
    Some(match code.parse::<u32>().ok()? & 0xff {
        5 => "another process held the file for too long",
        8 => "the file can only be read",
        10 => "the disk failed",
        11 => "the file is damaged",
        13 => "the disk is full",
        14 => "the file cannot be opened: is its folder there, and may this user write to it?",
        26 => "the file is no SQLite database",
        _ => return None,
    })
}

/// A row that cannot be read back: where it failed, and nothing of what it holds.
#[derive(Debug)]
struct UnreadableRow {
    table: &'static str,
    line: usize,
    column: usize,
}

impl fmt::Display for UnreadableRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a row of {} fails at line {}, column {}",
            self.table, self.line, self.column
        )
    }
}

impl Error for UnreadableRow {}

/// A failed call, as the ports name it.
pub(crate) fn unavailable(error: sqlx::Error) -> StoreError {
    let text = DatabaseError::new(&error);
    match error {
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreError::corrupt(text),
        _ => StoreError::unavailable(text),
    }
}

/// Whether PostgreSQL ended this transaction in favour of another: a serialization failure or a deadlock.
pub(crate) fn is_conflict(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("40001" | "40P01"))
}

/// Whether a table or another object of this name is there already.
pub(crate) fn is_name_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        let code = error.code();
        matches!(code.as_deref(), Some("42P07" | "42701" | "42710"))
            || error.message().ends_with("already exists")
    })
}

/// A record whose JSON cannot be read or written.
pub(crate) fn corrupt(table: &'static str, error: &serde_json::Error) -> StoreError {
    StoreError::corrupt(UnreadableRow {
        table,
        line: error.line(),
        column: error.column(),
    })
}

/// A number that is no number of its kind.
pub(crate) fn out_of_range(table: &'static str) -> StoreError {
    StoreError::corrupt(UnreadableRow {
        table,
        line: 0,
        column: 0,
    })
}

/// Settings that cannot be taken apart or put together.
pub(crate) fn corrupt_settings(error: SettingsAtRestError) -> StoreError {
    StoreError::corrupt(error)
}

/// What cannot be sealed or opened. Only a lack of randomness passes.
pub(crate) fn unsealed(error: SealError) -> StoreError {
    match error {
        SealError::NoRandomness => StoreError::unavailable(error),
        _ => StoreError::corrupt(error),
    }
}

const NO_DATABASE: &str = "does not exist";
/// How long the codes of PostgreSQL are; those of SQLite are shorter.
const SQLSTATE: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        for (code, expected) in [
            ("3D000", "no database of this name"),
            ("28P01", "user or password"),
            ("42501", "permission"),
            ("14", "its folder"),
            ("1038", "its folder"),
            ("26", "no SQLite database"),
        ] {
            let text = meaning(code).unwrap_or_default();
            assert!(text.contains(expected), "{code}: {text}");
        }
        for code in ["XX000", "00014", "1", "unknown", ""] {
            assert_eq!(meaning(code), None, "{code}");
        }
    }
}
