//! Records, each written only on the version that was read.

use greenhouse_core::{
    AccountId,
    store::{Applied, Fate, Invitation, Link, PersonKey, Push, ReportAccess, Write},
};

use super::Stop;
#[cfg(any(test, feature = "testing"))]
use crate::session::Listed;
use crate::{
    rows::{Record, micros, write_json},
    session::{Statement, Transaction, Value, both},
};

/// Writes the records, or stops with a conflict at the first that is not at the version that was read.
///
/// In the order of their keys: two transactions that write the same records wait for each other at the first of them,
/// rather than crosswise.
pub(super) async fn write<R: Columns>(
    transaction: &mut Transaction,
    account: &AccountId,
    writes: &[Write<R>],
) -> Result<(), Stop> {
    let mut writes: Vec<&Write<R>> = writes.iter().collect();
    writes.sort_by_key(|write| {
        let (Write::Put(record) | Write::Remove(record)) = write;
        record.key()
    });
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
    transaction: &mut Transaction,
    account: &AccountId,
    record: &R,
) -> Result<bool, Stop> {
    // A version that no column can hold was never stored.
    let Some(version) = column_version(record).and_then(|version| version.checked_add(1)) else {
        return Ok(false);
    };
    let statement = if record.version() == 0 {
        R::STATEMENTS.insert
    } else {
        R::STATEMENTS.update
    };
    let person = record.person(account);
    let json = write_json(R::TABLE, record)?;
    let mut values: Vec<Value<'_>> = vec![
        account.as_str().into(),
        record.key().into(),
        version.into(),
        (&json).into(),
    ];
    values.extend(record.columns(person.as_ref()));
    one_row(transaction.execute(statement, &values).await)
}

async fn remove<R: Columns>(
    transaction: &mut Transaction,
    account: &AccountId,
    record: &R,
) -> Result<bool, Stop> {
    if record.version() == 0 {
        let key = [account.as_str().into(), record.key().into()];
        let known = transaction.first(R::STATEMENTS.version, &key).await?;
        return Ok(known.is_none());
    }
    let Some(version) = column_version(record) else {
        return Ok(false);
    };
    let values = [account.as_str().into(), record.key().into(), version.into()];
    one_row(transaction.execute(R::STATEMENTS.delete, &values).await)
}

fn column_version<R: Record>(record: &R) -> Option<i64> {
    i64::try_from(record.version()).ok()
}

/// Another record may hold what must be unique, such as the request of an invitation.
fn one_row(written: Result<u64, sqlx::Error>) -> Result<bool, Stop> {
    match written {
        Ok(rows) => Ok(rows == 1),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// How a record is written.
pub(crate) trait Columns: Record + Sync {
    const STATEMENTS: RecordStatements;

    /// What the record is found by in its account.
    type Key<'a>: Ord + Into<Value<'a>>
    where
        Self: 'a;

    fn key(&self) -> Self::Key<'_>;

    /// Whose the record is, where it is searched by that.
    fn person(&self, account: &AccountId) -> Option<PersonKey>;

    /// What the record is searched by.
    fn columns<'a>(&'a self, person: Option<&'a PersonKey>) -> Vec<Value<'a>>;
}

/// `$1` is the account, `$2` the key, `$3` the version, `$4` the JSON; the columns follow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordStatements {
    insert: Statement,
    update: Statement,
    delete: Statement,
    version: Statement,
}

impl RecordStatements {
    #[cfg(any(test, feature = "testing"))]
    const fn list(self) -> [Statement; 4] {
        [self.insert, self.update, self.delete, self.version]
    }
}

macro_rules! record_statements {
    ($table:literal, $key:literal, [$($column:literal = $parameter:literal),*]) => {
        const STATEMENTS: RecordStatements = RecordStatements {
            insert: both(concat!(
                "INSERT INTO ", $table, " (account, ", $key, ", version, record", $(", ", $column,)* ")",
                " VALUES ($1, $2, $3, $4", $(", ", $parameter,)* ") ON CONFLICT DO NOTHING"
            )),
            update: both(concat!(
                "UPDATE ", $table, " SET version = $3, record = $4", $(", ", $column, " = ", $parameter,)*
                " WHERE account = $1 AND ", $key, " = $2 AND version = $3 - 1"
            )),
            delete: both(concat!(
                "DELETE FROM ", $table, " WHERE account = $1 AND ", $key, " = $2 AND version = $3"
            )),
            version: both(concat!(
                "SELECT version FROM ", $table, " WHERE account = $1 AND ", $key, " = $2"
            )),
        };
    };
}

impl Columns for Link {
    record_statements!(
        "links",
        "assessment",
        ["candidate" = "$5", "application" = "$6"]
    );

    type Key<'a> = &'a str;

    fn key(&self) -> &str {
        self.assessment.as_str()
    }

    fn person(&self, _: &AccountId) -> Option<PersonKey> {
        None
    }

    fn columns<'a>(&'a self, _: Option<&'a PersonKey>) -> Vec<Value<'a>> {
        vec![
            self.candidate.value().into(),
            self.application.value().into(),
        ]
    }
}

impl Columns for Invitation {
    record_statements!(
        "invitations",
        "id",
        [
            "request" = "$5",
            "assessment" = "$6",
            "candidate" = "$7",
            "person" = "$8"
        ]
    );

    type Key<'a> = &'a str;

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn person(&self, account: &AccountId) -> Option<PersonKey> {
        self.person.key(account)
    }

    fn columns<'a>(&'a self, person: Option<&'a PersonKey>) -> Vec<Value<'a>> {
        vec![
            self.request.as_str().into(),
            self.assessment.as_ref().map(|id| id.as_str()).into(),
            self.candidate.map(|id| id.value()).into(),
            person.map(PersonKey::as_str).into(),
        ]
    }
}

impl Columns for Push {
    record_statements!(
        "pushes",
        "assessment",
        ["person" = "$5", "candidate" = "$6", "requested_at" = "$7"]
    );

    type Key<'a> = &'a str;

    fn key(&self) -> &str {
        self.assessment.as_str()
    }

    fn person(&self, _: &AccountId) -> Option<PersonKey> {
        self.person.clone()
    }

    fn columns<'a>(&'a self, person: Option<&'a PersonKey>) -> Vec<Value<'a>> {
        vec![
            person.map(PersonKey::as_str).into(),
            self.candidate.map(|id| id.value()).into(),
            micros(self.requested_at).into(),
        ]
    }
}

impl Columns for ReportAccess {
    record_statements!("report_access", "assessment", []);

    type Key<'a> = &'a str;

    fn key(&self) -> &str {
        self.assessment.as_str()
    }

    fn person(&self, _: &AccountId) -> Option<PersonKey> {
        None
    }

    fn columns<'a>(&'a self, _: Option<&'a PersonKey>) -> Vec<Value<'a>> {
        Vec::new()
    }
}

impl Columns for Fate {
    record_statements!("fates", "candidate", ["noted_at" = "$5"]);

    type Key<'a> = i64;

    fn key(&self) -> i64 {
        self.candidate.value()
    }

    fn person(&self, _: &AccountId) -> Option<PersonKey> {
        None
    }

    fn columns<'a>(&'a self, _: Option<&'a PersonKey>) -> Vec<Value<'a>> {
        vec![micros(self.noted_at).into()]
    }
}

#[cfg(any(test, feature = "testing"))]
pub(crate) const STATEMENTS: Listed = Listed {
    file: file!(),
    statements: &[
        &Link::STATEMENTS.list(),
        &Invitation::STATEMENTS.list(),
        &Push::STATEMENTS.list(),
        &ReportAccess::STATEMENTS.list(),
        &Fate::STATEMENTS.list(),
    ],
};
