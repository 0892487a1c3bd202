//! Errors that contain no stored data.

mod open;

use std::{borrow::Cow, error::Error, fmt, io};

use greenhouse_core::{plain, settings::SettingsAtRestError, store::StoreError};

pub use self::open::OpenError;
use crate::seal::SealError;

/// Database error without statements or values, because the database's own message can quote a row.
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
                    // PgBouncer reports every error with the same code.
                    code if code == "08P01" && error.message().contains(NO_DATABASE) => {
                        Cow::Borrowed("3D000")
                    }
                    code => code,
                };
                let explanation = explanation(&code)
                    .map(|text| format!(" ({text})"))
                    .unwrap_or_default();
                return Self::text(Cow::Owned(format!(
                    "the database returned error {code}{explanation}"
                )));
            }
            sqlx::Error::Io(error) => {
                let text = match error.raw_os_error() {
                    Some(code) => io::Error::from_raw_os_error(code).to_string(),
                    None => error.kind().to_string(),
                };
                let text = plain::without_error_numbers(&text);
                return Self::text(Cow::Owned(format!("database connection failed: {text}")));
            }
            sqlx::Error::PoolTimedOut => {
                "no database connection available in time: the database does not respond, or all connections are in use"
            }
            sqlx::Error::PoolClosed => "the store is closed",
            sqlx::Error::WorkerCrashed => "database connection lost",
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                "a column has an unexpected type"
            }
            sqlx::Error::RowNotFound => "expected a row, got none",
            sqlx::Error::Tls(_) => {
                "TLS handshake with the database failed: the server does not support TLS, or its certificate was rejected"
            }
            _ => "database call failed",
        };
        Self::text(Cow::Borrowed(text))
    }

    pub(crate) fn text(text: Cow<'static, str>) -> Self {
        Self { text }
    }
}

/// Explains an error code. Returns `None` if an operator cannot act on the code.
fn explanation(code: &str) -> Option<&'static str> {
    if code.len() == SQLSTATE {
        return Some(match code {
            "08P01" => {
                "the pooler lost its connection to the server, or rejects a parameter of the URL such as `options`"
            }
            "25006" => "the server is read-only, for example because it is a standby",
            "28000" | "28P01" => "the server rejected the user name or password",
            "3D000" => "the database does not exist",
            "42501" => "the user lacks a required permission",
            "53100" => "the disk is full",
            "53200" => "the server is out of memory",
            "53300" => "the server has too many connections",
            "55P03" => "another transaction held a lock for too long",
            "57014" => "the statement took too long",
            "57P01" => "the server is shutting down",
            "57P03" => "the server is starting",
            "58030" => "disk I/O error",
            _ => return None,
        });
    }
    // The lowest byte of SQLite's extended code is the primary code.
    Some(match code.parse::<u32>().ok()? & 0xff {
        5 => "another process locked the file for too long",
        8 => "the file is read-only",
        10 => "disk I/O error",
        11 => "the file is damaged",
        13 => "the disk is full",
        14 => {
            "the file cannot be opened: check that its folder exists and that this user can write to it"
        }
        26 => "the file is not a SQLite database",
        _ => return None,
    })
}

/// Unreadable row, without the row's contents.
#[derive(Debug)]
struct UnreadableRow {
    table: &'static str,
    problem: RowProblem,
}

#[derive(Debug)]
enum RowProblem {
    /// The record is not valid JSON at this position. The position is zero if serde_json does not
    /// know it.
    Json { line: usize, column: usize },
    /// A column contains a value outside the range of its type.
    OutOfRange,
}

impl fmt::Display for UnreadableRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a row in table {} cannot be read", self.table)?;
        match self.problem {
            RowProblem::Json { line: 0, .. } => Ok(()),
            RowProblem::Json { line, column } => write!(f, " (line {line}, column {column})"),
            RowProblem::OutOfRange => f.write_str(": a value is out of range"),
        }
    }
}

impl Error for UnreadableRow {}

/// Converts the error of a failed database call.
pub(crate) fn unavailable(error: sqlx::Error) -> StoreError {
    let text = DatabaseError::new(&error);
    match error {
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreError::corrupt(text),
        _ => StoreError::unavailable(text),
    }
}

/// Returns `true` for a serialization failure or a deadlock on PostgreSQL.
pub(crate) fn is_conflict(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("40001" | "40P01"))
}

/// Returns `true` if a table or another object with this name already exists.
pub(crate) fn is_name_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        let code = error.code();
        matches!(code.as_deref(), Some("42P07" | "42701" | "42710"))
            || error.message().ends_with("already exists")
    })
}

/// Returns the error for a record whose JSON cannot be read or written.
pub(crate) fn corrupt(table: &'static str, error: &serde_json::Error) -> StoreError {
    let (line, column) = (error.line(), error.column());
    let problem = RowProblem::Json { line, column };
    StoreError::corrupt(UnreadableRow { table, problem })
}

/// Returns the error for a value outside the range of its type.
pub(crate) fn out_of_range(table: &'static str) -> StoreError {
    let problem = RowProblem::OutOfRange;
    StoreError::corrupt(UnreadableRow { table, problem })
}

/// Converts the error from splitting settings into document and secrets, or from joining them.
pub(crate) fn corrupt_settings(error: SettingsAtRestError) -> StoreError {
    StoreError::corrupt(error)
}

/// Converts the error from sealing or opening a value. Only [`SealError::NoRandomness`] can be
/// retried.
pub(crate) fn seal_error(error: SealError) -> StoreError {
    match error {
        SealError::NoRandomness => StoreError::unavailable(error),
        _ => StoreError::corrupt(error),
    }
}

const NO_DATABASE: &str = "does not exist";
/// Length of a PostgreSQL error code. SQLite's codes are shorter.
const SQLSTATE: usize = 5;

#[cfg(test)]
mod tests {
    use greenhouse_core::chain;

    use super::*;

    #[test]
    fn error_codes_of_both_databases_are_explained() {
        for (code, expected) in [
            ("3D000", "the database does not exist"),
            ("28P01", "user name or password"),
            ("42501", "permission"),
            ("14", "its folder"),
            ("1038", "its folder"),
            ("26", "not a SQLite database"),
        ] {
            let text = explanation(code).unwrap_or_default();
            assert!(text.contains(expected), "{code}: {text}");
        }
        for code in ["XX000", "00014", "1", "unknown", ""] {
            assert_eq!(explanation(code), None, "{code}");
        }
    }

    #[test]
    fn io_errors_have_no_number() {
        for error in [
            io::Error::from_raw_os_error(111),
            io::ErrorKind::ConnectionRefused.into(),
        ] {
            let text = DatabaseError::new(&sqlx::Error::Io(error)).to_string();
            assert!(text.starts_with("database connection failed: "), "{text}");
            assert!(!text.contains("os error"), "{text}");
        }
    }

    #[test]
    fn unreadable_rows_are_described_without_a_made_up_position() {
        let json = serde_json::from_str::<u8>("x").unwrap_err();
        let unknown = serde_json::from_value::<u8>("canary".into()).unwrap_err();
        for (error, expected) in [
            (
                corrupt("pushes", &json),
                "a row in table pushes cannot be read (line 1, column 1)",
            ),
            (
                corrupt("pushes", &unknown),
                "a row in table pushes cannot be read",
            ),
            (
                out_of_range("pushes"),
                "a row in table pushes cannot be read: a value is out of range",
            ),
        ] {
            let text = chain(&error).to_string();
            assert!(text.ends_with(expected), "{text}");
        }
    }
}
