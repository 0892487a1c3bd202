//! Errors that cannot carry what is stored.

use std::{borrow::Cow, error::Error, fmt};

use greenhouse_core::{settings::SettingsAtRestError, store::StoreError};

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
                let code = error.code().unwrap_or(Cow::Borrowed("unknown"));
                return Self::text(Cow::Owned(format!("the database answered code {code}")));
            }
            sqlx::Error::Io(error) => {
                return Self::text(Cow::Owned(format!(
                    "input or output failed: {}",
                    error.kind()
                )));
            }
            sqlx::Error::PoolTimedOut => "no connection became free in time",
            sqlx::Error::PoolClosed => "the store is closed",
            sqlx::Error::WorkerCrashed => "the connection is gone",
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                "a column has another type"
            }
            sqlx::Error::RowNotFound => "a row is missing",
            sqlx::Error::Tls(_) => "no TLS connection came about",
            _ => "the call failed",
        };
        Self::text(Cow::Borrowed(text))
    }

    pub(crate) fn text(text: Cow<'static, str>) -> Self {
        Self { text }
    }
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
