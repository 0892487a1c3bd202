//! Conversion between assessments and rows.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, InvitationId, ProductJobId, ScenarioId,
    platform::{Assessment, AssessmentState, Outcome, Person},
    scorecard::Score,
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{FromRow, Row as _, SqliteConnection, sqlite::SqliteRow};

use crate::error::ProductError;

pub(crate) struct AssessmentRow {
    number: i64,
    scenario: String,
    scenario_name: String,
    job: Option<String>,
    first_name: String,
    last_name: String,
    email: Option<String>,
    person: Option<String>,
    state: String,
    score: Option<f64>,
    traits: String,
    summary: Option<String>,
    started_at: Option<i64>,
    completed_at: Option<i64>,
    invitation: Option<String>,
    metadata: String,
    pub(crate) token: String,
    outcome: Option<String>,
    outcome_revision: i64,
}

impl FromRow<'_, SqliteRow> for AssessmentRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            number: row.try_get("number")?,
            scenario: row.try_get("scenario")?,
            scenario_name: row.try_get("scenario_name")?,
            job: row.try_get("job")?,
            first_name: row.try_get("first_name")?,
            last_name: row.try_get("last_name")?,
            email: row.try_get("email")?,
            person: row.try_get("person")?,
            state: row.try_get("state")?,
            score: row.try_get("score")?,
            traits: row.try_get("traits")?,
            summary: row.try_get("summary")?,
            started_at: row.try_get("started_at")?,
            completed_at: row.try_get("completed_at")?,
            invitation: row.try_get("invitation")?,
            metadata: row.try_get("metadata")?,
            token: row.try_get("token")?,
            outcome: row.try_get("outcome")?,
            outcome_revision: row.try_get("outcome_revision")?,
        })
    }
}

impl AssessmentRow {
    /// Reads an assessment. Returns `None` if the account does not have it.
    pub(crate) async fn read(
        connection: &mut SqliteConnection,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Self>, ProductError> {
        let Some(number) = number_of(assessment) else {
            return Ok(None);
        };
        let row = sqlx::query_as(concat!(select!(), " AND a.number = $2"))
            .bind(account.as_str())
            .bind(number)
            .fetch_optional(connection)
            .await?;
        Ok(row)
    }

    pub(crate) fn number(&self) -> i64 {
        self.number
    }

    pub(crate) fn person(&self) -> Option<&str> {
        self.person.as_deref()
    }

    pub(crate) fn state(&self) -> Result<AssessmentState, ProductError> {
        from_word(&self.state)
    }

    pub(crate) fn outcome(&self) -> Result<Option<(Outcome, u64)>, ProductError> {
        let Some(word) = &self.outcome else {
            return Ok(None);
        };
        let revision = u64::try_from(self.outcome_revision).map_err(invalid_row)?;
        Ok(Some((from_word(word)?, revision)))
    }

    pub(crate) fn into_assessment(self) -> Result<Assessment, ProductError> {
        Ok(Assessment {
            id: id_of(self.number),
            scenario: ScenarioId::new(self.scenario),
            scenario_name: self.scenario_name,
            job: self.job.map(ProductJobId::new),
            person: Person {
                first_name: self.first_name,
                last_name: self.last_name,
                email: self.email,
            },
            state: from_word(&self.state)?,
            score: self
                .score
                .map(Score::new)
                .transpose()
                .map_err(invalid_row)?,
            traits: serde_json::from_str(&self.traits).map_err(invalid_row)?,
            summary: self.summary,
            started_at: self.started_at.map(time).transpose()?,
            completed_at: self.completed_at.map(time).transpose()?,
            invitation: self.invitation.map(InvitationId::new),
            metadata: serde_json::from_str(&self.metadata).map_err(invalid_row)?,
        })
    }
}

pub(crate) fn id_of(number: i64) -> AssessmentId {
    AssessmentId::new(format!("asm-{number}"))
}

/// Returns the row number in an id, or `None` if [`id_of`] does not create this id.
pub(crate) fn number_of(assessment: &AssessmentId) -> Option<i64> {
    let number = assessment.as_str().strip_prefix("asm-")?.parse().ok()?;
    (id_of(number) == *assessment).then_some(number)
}

/// Returns the serde name of a state or an outcome.
pub(crate) fn word<T: Serialize>(value: T) -> Result<String, ProductError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(ProductError::Unreadable),
    }
}

/// Returns the key that identifies a person across assessments: the email address, trimmed and in
/// lower case.
pub(crate) fn person_key(person: &Person) -> Option<String> {
    person
        .email
        .as_ref()
        .map(|email| email.trim().to_lowercase())
        .filter(|email| !email.is_empty())
}

pub(crate) fn invalid_row<E>(_: E) -> ProductError {
    ProductError::Unreadable
}

fn from_word<T: DeserializeOwned>(word: &str) -> Result<T, ProductError> {
    serde_json::from_value(serde_json::Value::from(word)).map_err(invalid_row)
}

pub(crate) fn time(micros: i64) -> Result<DateTime<Utc>, ProductError> {
    DateTime::from_timestamp_micros(micros).ok_or(ProductError::Unreadable)
}

/// Query for the assessments of the account `$1`. The caller appends further conditions.
macro_rules! select {
    () => {
        "SELECT a.*, s.name AS scenario_name FROM assessments AS a \
         JOIN scenarios AS s ON s.account = a.account AND s.id = a.scenario \
         WHERE a.account = $1"
    };
}
pub(crate) use select;
