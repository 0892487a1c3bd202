//! Actions of candidates in the product, such as starting and completing an assessment.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, InvitationId, ProductJobId, ScenarioId,
    platform::{Assessment, AssessmentState, Outcome, Person},
    scorecard::{Score, TraitScore},
};
use sqlx::SqliteConnection;

use crate::{
    DemoProduct,
    error::ProductError,
    rows::{AssessmentRow, id_of, invalid_row, person_key, select, word},
};

/// Names of the traits that the product scores.
pub const TRAITS: [&str; 3] = [
    "Messaging Adherence",
    "Discovery & Diagnosis",
    "Objection Handling",
];

impl DemoProduct {
    /// Creates an assessment that was not requested by Greenhouse. If `job` is `None` and the
    /// account has no jobs, the scenario is used as the job.
    ///
    /// # Errors
    ///
    /// [`ProductError::NotFound`] if the account does not have the scenario.
    pub async fn take(
        &self,
        account: &AccountId,
        scenario: &ScenarioId,
        job: Option<&ProductJobId>,
        person: &Person,
    ) -> Result<AssessmentId, ProductError> {
        let mut transaction = self.begin().await?;
        let new = NewAssessment {
            account,
            scenario,
            job,
            person,
            invitation: None,
        };
        let assessment = new.insert(&mut transaction).await?;
        transaction.commit().await?;
        Ok(assessment)
    }

    /// Starts an assessment at the time `at`. Does nothing if the assessment is already started.
    ///
    /// # Errors
    ///
    /// [`ProductError::NotFound`] if the assessment does not exist, or [`ProductError::Ended`] if
    /// the assessment is completed, withdrawn or expired.
    pub async fn start(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        at: DateTime<Utc>,
    ) -> Result<(), ProductError> {
        let mut transaction = self.begin().await?;
        let number = active(&mut transaction, account, assessment).await?;
        sqlx::query(START)
            .bind(number)
            .bind(at.timestamp_micros())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Completes an assessment with its result. If the assessment was not started, `at` is also the
    /// time of its start.
    ///
    /// # Errors
    ///
    /// [`ProductError::NotFound`] if the assessment does not exist, or [`ProductError::Ended`] if
    /// the assessment is completed, withdrawn or expired.
    pub async fn complete(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        score: Score,
        traits: &[TraitScore],
        summary: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), ProductError> {
        let mut transaction = self.begin().await?;
        let number = active(&mut transaction, account, assessment).await?;
        sqlx::query(COMPLETE)
            .bind(number)
            .bind(score.value())
            .bind(serde_json::to_string(traits).map_err(invalid_row)?)
            .bind(summary)
            .bind(at.timestamp_micros())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Replaces the metadata of an assessment: additional values to show in Greenhouse, keyed by
    /// label.
    ///
    /// # Errors
    ///
    /// [`ProductError::NotFound`] if the assessment does not exist.
    pub async fn set_metadata(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        metadata: &BTreeMap<String, String>,
    ) -> Result<(), ProductError> {
        let mut transaction = self.begin().await?;
        let row = find(&mut transaction, account, assessment).await?;
        sqlx::query("UPDATE assessments SET metadata = $2 WHERE number = $1")
            .bind(row.number())
            .bind(serde_json::to_string(metadata).map_err(invalid_row)?)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Returns the candidate's outcome in Greenhouse and its revision, or `None` if no outcome was
    /// reported.
    ///
    /// # Errors
    ///
    /// [`ProductError::NotFound`] if the assessment does not exist.
    pub async fn outcome_of(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<(Outcome, u64)>, ProductError> {
        let mut connection = self.database.acquire().await?;
        find(&mut connection, account, assessment).await?.outcome()
    }

    /// Returns the 500 newest assessments of an account, newest first.
    ///
    /// # Errors
    ///
    /// [`ProductError::Database`] or [`ProductError::Unreadable`] if the assessments cannot be
    /// read.
    pub async fn assessments(&self, account: &AccountId) -> Result<Vec<Assessment>, ProductError> {
        let rows: Vec<AssessmentRow> =
            sqlx::query_as(concat!(select!(), " ORDER BY a.number DESC LIMIT 500"))
                .bind(account.as_str())
                .fetch_all(&self.database)
                .await?;
        rows.into_iter()
            .map(AssessmentRow::into_assessment)
            .collect()
    }
}

/// An assessment that is not stored yet.
pub(crate) struct NewAssessment<'a> {
    pub(crate) account: &'a AccountId,
    pub(crate) scenario: &'a ScenarioId,
    pub(crate) job: Option<&'a ProductJobId>,
    pub(crate) person: &'a Person,
    pub(crate) invitation: Option<&'a InvitationId>,
}

impl NewAssessment<'_> {
    pub(crate) async fn insert(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<AssessmentId, ProductError> {
        let known: Option<i64> =
            sqlx::query_scalar("SELECT number FROM scenarios WHERE account = $1 AND id = $2")
                .bind(self.account.as_str())
                .bind(self.scenario.as_str())
                .fetch_optional(&mut *connection)
                .await?;
        if known.is_none() {
            return Err(ProductError::NotFound { what: "scenario" });
        }
        let number: i64 = sqlx::query_scalar(INSERT)
            .bind(self.account.as_str())
            .bind(self.scenario.as_str())
            .bind(self.job.map(ProductJobId::as_str))
            .bind(&self.person.first_name)
            .bind(&self.person.last_name)
            .bind(&self.person.email)
            .bind(person_key(self.person))
            .bind(word(AssessmentState::Invited)?)
            .bind(self.invitation.map(InvitationId::as_str))
            .bind(token()?)
            .fetch_one(connection)
            .await?;
        Ok(id_of(number))
    }
}

pub(crate) async fn find(
    connection: &mut SqliteConnection,
    account: &AccountId,
    assessment: &AssessmentId,
) -> Result<AssessmentRow, ProductError> {
    AssessmentRow::read(connection, account, assessment)
        .await?
        .ok_or(ProductError::NotFound { what: "assessment" })
}

/// Returns the row number of an assessment, or [`ProductError::Ended`] if the assessment has ended.
async fn active(
    connection: &mut SqliteConnection,
    account: &AccountId,
    assessment: &AssessmentId,
) -> Result<i64, ProductError> {
    let row = find(connection, account, assessment).await?;
    match row.state()? {
        AssessmentState::Invited | AssessmentState::Started => Ok(row.number()),
        _ => Err(ProductError::Ended),
    }
}

/// Generates the secret token in a report's URL: 64 hex digits. Anyone with the token can read the
/// report.
pub(crate) fn token() -> Result<String, ProductError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| ProductError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// If the account has no jobs, an assessment without a job gets its scenario as the job.
const INSERT: &str = "INSERT INTO assessments (account, scenario, job, first_name, last_name, \
    email, person, state, invitation, token, traits, metadata, outcome_revision) \
    VALUES ($1, $2, COALESCE($3, CASE WHEN EXISTS (SELECT 1 FROM jobs WHERE account = $1) THEN NULL ELSE $2 END), \
    $4, $5, $6, $7, $8, $9, $10, '[]', '{}', 0) RETURNING number";
const START: &str = "UPDATE assessments SET state = 'started', \
    started_at = COALESCE(started_at, $2) WHERE number = $1";
const COMPLETE: &str = "UPDATE assessments SET state = 'completed', score = $2, traits = $3, \
    summary = $4, completed_at = $5, started_at = COALESCE(started_at, $5) WHERE number = $1";
