//! Migrations, run in a transaction that has locked out other migrations already.

use std::borrow::Cow;

use sqlx::migrate::{Migrate, MigrateError, Migrator};

use super::OpenError;
use crate::error::DatabaseError;

/// Runs what is missing. Nothing is committed.
pub(super) async fn run<C: Migrate>(
    migrations: &Migrator,
    connection: &mut C,
) -> Result<(), OpenError> {
    // `run` takes anything that a connection can be acquired from, and its future is not `Send` then.
    let all = None;
    match migrations.run_direct(all, connection, false).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(found)) if found > newest(migrations) => {
            Err(OpenError::NewerSchema {
                found,
                known: newest(migrations),
            })
        }
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
            Err(OpenError::migrate(error))
        }
        Err(error) => Err(OpenError::Migrate(DatabaseError::text(Cow::Owned(
            error.to_string(),
        )))),
    }
}

pub(super) fn newest(migrations: &Migrator) -> i64 {
    migrations
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or_default()
}
