//! Messages for mistakes of an operator. Each row compares the whole message.

mod accounts;
mod commands;
mod configuration;
mod database;
mod greenhouse;
mod postgres;
mod settings;

use std::fmt::Write;

use sqlx_store::{OpenError, SqlxStore, StoreOptions};

use crate::terminal::{CommandOutput, Terminal};

/// Collects the messages that differ, so that one run shows them all.
#[derive(Default)]
struct Messages {
    differences: String,
}

impl Messages {
    /// Compares what a failed command printed to standard error. `DIR` is the folder of the
    /// terminal.
    fn compare(&mut self, terminal: &Terminal, output: &CommandOutput, expected: &str) {
        assert!(!output.ok, "expected a failure: {expected}: {output:?}");
        self.compare_text(terminal, &output.err, expected);
    }

    fn compare_text(&mut self, terminal: &Terminal, text: &str, expected: &str) {
        let folder = terminal.path("");
        let text = text.trim_end().replace(folder.trim_end_matches('/'), "DIR");
        for word in ["invalid type", "os error", "struct ", "canary"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
        if text != expected {
            writeln!(self.differences, "expected: {expected}\ngot:      {text}\n").unwrap();
        }
    }

    fn finish(self) {
        assert!(self.differences.is_empty(), "\n{}", self.differences);
    }
}

/// Returns the message of a command for a database that the store cannot open. The store's tests
/// cover the wording of the reason.
async fn open_error(address: &str, key: &str, options: StoreOptions) -> String {
    let keys = sqlx_store::MasterKeys::new(key.parse().unwrap(), []);
    let opened = SqlxStore::open_with(address, keys, options).await;
    let reason = match opened.expect_err("the database cannot be opened") {
        OpenError::Schema(reason) => {
            return format!("database_schema (GREENHOUSE_DATABASE_SCHEMA) {reason}");
        }
        OpenError::Address(reason) => format!("the address {reason}"),
        OpenError::Open(cause) | OpenError::Migrate(cause) => cause.to_string(),
        error => error.to_string(),
    };
    format!("database (GREENHOUSE_DATABASE): {reason}")
}
