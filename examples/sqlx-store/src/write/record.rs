//! Writes records, each only if its version has not changed since it was read.

use greenhouse_core::{
    AccountId,
    store::{
        Applied, Backfill, CandidateHistory, Invitation, Link, PersonKey, Push, ReportAccess,
        RuleDay, TriggerDecision, Write,
    },
};

use super::{NotCommitted, steps::Steps};
#[cfg(any(test, feature = "testing"))]
use crate::session::FileStatements;
use crate::{
    rows::{Record, micros, write_json},
    session::{Statement, Value, both},
};

/// Writes the records. The result is a conflict if a version has changed.
///
/// The records are written in the order of their keys, which avoids deadlocks between two
/// transactions that write the same records.
pub(super) fn write<R: RecordColumns>(
    steps: &mut Steps,
    account: &AccountId,
    writes: &[Write<R>],
) -> Result<(), NotCommitted> {
    let mut writes: Vec<&Write<R>> = writes.iter().collect();
    writes.sort_by_key(|write| {
        let (Write::Put(record) | Write::Remove(record)) = write;
        record.key()
    });
    for write in writes {
        match write {
            Write::Put(record) => put(steps, account, record)?,
            Write::Remove(record) => remove(steps, account, record)?,
        }
    }
    Ok(())
}

fn put<R: RecordColumns>(
    steps: &mut Steps,
    account: &AccountId,
    record: &R,
) -> Result<(), NotCommitted> {
    let next = column_version(record)?.checked_add(1);
    let next = next.ok_or(NotCommitted::Refused(Applied::Conflict))?;
    let statement = if record.version() == 0 {
        R::STATEMENTS.insert
    } else {
        R::STATEMENTS.update
    };
    let mut values = key(account, record);
    values.extend([next.into(), write_json(R::TABLE, record)?.into()]);
    values.extend(record.columns(account));
    steps.push_required_write(statement, values, Applied::Conflict);
    Ok(())
}

fn remove<R: RecordColumns>(
    steps: &mut Steps,
    account: &AccountId,
    record: &R,
) -> Result<(), NotCommitted> {
    let mut values = key(account, record);
    match column_version(record)? {
        0 => steps.push_absence_check(R::STATEMENTS.version, values, Applied::Conflict),
        version => {
            values.push(version.into());
            steps.push_required_write(R::STATEMENTS.delete, values, Applied::Conflict);
        }
    }
    Ok(())
}

fn key<R: RecordColumns>(account: &AccountId, record: &R) -> Vec<Value<'static>> {
    let key: Value<'_> = record.key().into();
    vec![account.as_str().to_owned().into(), key.into_owned()]
}

/// Converts the version for its column. A version that does not fit is a conflict, because it was
/// never stored.
fn column_version<R: Record>(record: &R) -> Result<i64, NotCommitted> {
    i64::try_from(record.version()).map_err(|_| NotCommitted::Refused(Applied::Conflict))
}

/// Columns and statements for a record type.
pub(crate) trait RecordColumns: Record + Sync {
    const STATEMENTS: RecordStatements;

    /// Key of the record within its account.
    type Key<'a>: Ord + Into<Value<'a>>
    where
        Self: 'a;

    fn key(&self) -> Self::Key<'_>;

    /// Returns the values of the columns that queries search by.
    fn columns(&self, account: &AccountId) -> Vec<Value<'static>>;
}

/// Statements for a record type. `$1` is the account, `$2` the key, `$3` the version, `$4` the
/// JSON; the columns follow.
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

impl RecordColumns for Link {
    record_statements!(
        "links",
        "assessment",
        ["candidate" = "$5", "application" = "$6"]
    );

    type Key<'a> = &'a str;

    fn key(&self) -> &str {
        self.assessment.as_str()
    }

    fn columns(&self, _: &AccountId) -> Vec<Value<'static>> {
        vec![
            self.candidate.value().into(),
            self.application.value().into(),
        ]
    }
}

impl RecordColumns for Invitation {
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

    fn columns(&self, account: &AccountId) -> Vec<Value<'static>> {
        let assessment = self.assessment.as_ref();
        vec![
            self.request.as_str().to_owned().into(),
            assessment.map(|id| id.as_str().to_owned()).into(),
            self.candidate.map(|id| id.value()).into(),
            text(self.person.key(account).as_ref()),
        ]
    }
}

impl RecordColumns for Push {
    record_statements!(
        "pushes",
        "assessment",
        ["person" = "$5", "candidate" = "$6", "requested_at" = "$7"]
    );

    type Key<'a> = &'a str;

    fn key(&self) -> &str {
        self.assessment.as_str()
    }

    fn columns(&self, _: &AccountId) -> Vec<Value<'static>> {
        vec![
            text(self.person.as_ref()),
            self.candidate.map(|id| id.value()).into(),
            micros(self.requested_at).into(),
        ]
    }
}

impl RecordColumns for ReportAccess {
    record_statements!("report_access", "assessment", []);

    type Key<'a> = &'a str;

    fn key(&self) -> &str {
        self.assessment.as_str()
    }

    fn columns(&self, _: &AccountId) -> Vec<Value<'static>> {
        Vec::new()
    }
}

impl RecordColumns for TriggerDecision {
    record_statements!("trigger_decisions", "assessment", []);

    type Key<'a> = &'a str;

    fn key(&self) -> &str {
        self.assessment.as_str()
    }

    fn columns(&self, _: &AccountId) -> Vec<Value<'static>> {
        Vec::new()
    }
}

impl RecordColumns for RuleDay {
    record_statements!("rule_days", "day", []);

    type Key<'a> = String;

    fn key(&self) -> String {
        self.day.to_string()
    }

    fn columns(&self, _: &AccountId) -> Vec<Value<'static>> {
        Vec::new()
    }
}

impl RecordColumns for Backfill {
    record_statements!("backfills", "kind", []);

    type Key<'a> = &'a str;

    fn key(&self) -> &str {
        self.kind.as_str()
    }

    fn columns(&self, _: &AccountId) -> Vec<Value<'static>> {
        Vec::new()
    }
}

impl RecordColumns for CandidateHistory {
    record_statements!("fates", "candidate", ["noted_at" = "$5"]);

    type Key<'a> = i64;

    fn key(&self) -> i64 {
        self.candidate.value()
    }

    fn columns(&self, _: &AccountId) -> Vec<Value<'static>> {
        vec![micros(self.noted_at).into()]
    }
}

fn text(person: Option<&PersonKey>) -> Value<'static> {
    person.map(|person| person.as_str().to_owned()).into()
}

#[cfg(any(test, feature = "testing"))]
pub(crate) const STATEMENTS: FileStatements = FileStatements {
    file: file!(),
    statements: &[
        &Link::STATEMENTS.list(),
        &Invitation::STATEMENTS.list(),
        &Push::STATEMENTS.list(),
        &ReportAccess::STATEMENTS.list(),
        &TriggerDecision::STATEMENTS.list(),
        &RuleDay::STATEMENTS.list(),
        &Backfill::STATEMENTS.list(),
        &CandidateHistory::STATEMENTS.list(),
    ],
};
