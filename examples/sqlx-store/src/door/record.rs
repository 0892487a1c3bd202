//! Records, each written only on the version that was read.

use greenhouse_core::{
    AccountId,
    store::{Applied, Invitation, Link, Push, ReportAccess, Write},
};
use sqlx::{SqliteConnection, sqlite::SqliteQueryResult};

use super::Stop;
use crate::rows::{Record, micros, write_json};

/// Writes the records, or stops with a conflict at the first that is not at the version that was read.
pub(super) async fn write<R: Columns>(
    transaction: &mut SqliteConnection,
    account: &AccountId,
    writes: &[Write<R>],
) -> Result<(), Stop> {
    for write in writes {
        let written = match write {
            Write::Put(record) => put(transaction, account, record).await?,
            Write::Remove(record) => remove(transaction, account, record).await?,
        };
        if !written {
            return Err(Stop::Refused(Applied::Conflict));
        }
    }
    Ok(())
}

async fn put<R: Columns>(
    transaction: &mut SqliteConnection,
    account: &AccountId,
    record: &R,
) -> Result<bool, Stop> {
    // A version that no column can hold was never stored.
    let Some(version) = column_version(record).and_then(|version| version.checked_add(1)) else {
        return Ok(false);
    };
    let statement = if record.version() == 0 {
        R::INSERT
    } else {
        R::UPDATE
    };
    let mut query = sqlx::query(statement)
        .bind(account.as_str())
        .bind(record.key())
        .bind(version)
        .bind(write_json(R::TABLE, record)?);
    for column in record.columns() {
        query = match column {
            Column::Text(text) => query.bind(text),
            Column::Number(number) => query.bind(number),
        };
    }
    one_row(query.execute(transaction).await)
}

async fn remove<R: Columns>(
    transaction: &mut SqliteConnection,
    account: &AccountId,
    record: &R,
) -> Result<bool, Stop> {
    if record.version() == 0 {
        let known: Option<i64> = sqlx::query_scalar(R::VERSION)
            .bind(account.as_str())
            .bind(record.key())
            .fetch_optional(transaction)
            .await?;
        return Ok(known.is_none());
    }
    let Some(version) = column_version(record) else {
        return Ok(false);
    };
    let deleted = sqlx::query(R::DELETE)
        .bind(account.as_str())
        .bind(record.key())
        .bind(version)
        .execute(transaction)
        .await;
    one_row(deleted)
}

fn column_version<R: Record>(record: &R) -> Option<i64> {
    i64::try_from(record.version()).ok()
}

/// Another record may hold what must be unique, such as the request of an invitation.
fn one_row(result: Result<SqliteQueryResult, sqlx::Error>) -> Result<bool, Stop> {
    match result {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// How a record is written. `$1` is the account, `$2` the key, `$3` the version, `$4` the JSON; the columns follow.
pub(crate) trait Columns: Record + Sync {
    const INSERT: &'static str;
    const UPDATE: &'static str;
    const DELETE: &'static str;
    const VERSION: &'static str;

    fn key(&self) -> &str;

    /// What the record is searched by.
    fn columns(&self) -> Vec<Column<'_>>;
}

pub(crate) enum Column<'a> {
    Text(Option<&'a str>),
    Number(Option<i64>),
}

macro_rules! statements {
    ($table:literal, $key:literal, [$($column:literal = $parameter:literal),*]) => {
        const INSERT: &'static str = concat!(
            "INSERT INTO ", $table, " (account, ", $key, ", version, record", $(", ", $column,)* ")",
            " VALUES ($1, $2, $3, $4", $(", ", $parameter,)* ") ON CONFLICT DO NOTHING"
        );
        const UPDATE: &'static str = concat!(
            "UPDATE ", $table, " SET version = $3, record = $4", $(", ", $column, " = ", $parameter,)*
            " WHERE account = $1 AND ", $key, " = $2 AND version = $3 - 1"
        );
        const DELETE: &'static str = concat!(
            "DELETE FROM ", $table, " WHERE account = $1 AND ", $key, " = $2 AND version = $3"
        );
        const VERSION: &'static str = concat!(
            "SELECT version FROM ", $table, " WHERE account = $1 AND ", $key, " = $2"
        );
    };
}

impl Columns for Link {
    statements!(
        "links",
        "assessment",
        ["candidate" = "$5", "application" = "$6"]
    );

    fn key(&self) -> &str {
        self.assessment.as_str()
    }

    fn columns(&self) -> Vec<Column<'_>> {
        vec![
            Column::Number(Some(self.candidate.value())),
            Column::Number(Some(self.application.value())),
        ]
    }
}

impl Columns for Invitation {
    statements!(
        "invitations",
        "id",
        ["request" = "$5", "assessment" = "$6", "candidate" = "$7"]
    );

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn columns(&self) -> Vec<Column<'_>> {
        vec![
            Column::Text(Some(self.request.as_str())),
            Column::Text(self.assessment.as_ref().map(|id| id.as_str())),
            Column::Number(self.candidate.map(|id| id.value())),
        ]
    }
}

impl Columns for Push {
    statements!(
        "pushes",
        "assessment",
        ["person" = "$5", "candidate" = "$6", "requested_at" = "$7"]
    );

    fn key(&self) -> &str {
        self.assessment.as_str()
    }

    fn columns(&self) -> Vec<Column<'_>> {
        vec![
            Column::Text(self.person.as_ref().map(|person| person.as_str())),
            Column::Number(self.candidate.map(|id| id.value())),
            Column::Number(Some(micros(self.requested_at))),
        ]
    }
}

impl Columns for ReportAccess {
    statements!("report_access", "assessment", []);

    fn key(&self) -> &str {
        self.assessment.as_str()
    }

    fn columns(&self) -> Vec<Column<'_>> {
        Vec::new()
    }
}
