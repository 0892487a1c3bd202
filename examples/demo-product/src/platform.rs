//! Implementation of the integration's port, `AssessmentPlatform`.

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId, InvitationId,
    platform::{
        Assessment, AssessmentPlatform, AssessmentState, CandidateProfile, Completed,
        CompletedAssessment, CompletedCursor, Invite, Outcome, PlatformError, ProductJob, Scenario,
    },
};
use url::Url;

use crate::{
    DemoProduct,
    candidates::{NewAssessment, find, token},
    error::ProductError,
    report,
    rows::{AssessmentRow, id_of, number_of, time},
};

#[async_trait]
impl AssessmentPlatform for DemoProduct {
    async fn scenarios(&self, account: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        Ok(self.all_scenarios(account).await?)
    }

    async fn jobs(&self, account: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        Ok(self.jobs_or_scenarios(account).await?)
    }

    async fn invite(
        &self,
        account: &AccountId,
        invite: &Invite,
    ) -> Result<AssessmentId, PlatformError> {
        Ok(self.invite_once(account, invite).await?)
    }

    async fn assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        let mut connection = self.database.acquire().await.map_err(ProductError::from)?;
        let row = AssessmentRow::read(&mut connection, account, assessment).await?;
        Ok(row.map(AssessmentRow::into_assessment).transpose()?)
    }

    async fn profile(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<CandidateProfile, PlatformError> {
        Ok(self.profile_of(account, assessment).await?)
    }

    async fn report_pdf(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError> {
        let row = self.completed(account, assessment).await?;
        Ok(report::pdf(&row.into_assessment()?))
    }

    async fn report_url(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Url, PlatformError> {
        let row = self.completed(account, assessment).await?;
        let mut url = self.report_base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty()
                .extend(["product", "reports", &row.token]);
        }
        Ok(url)
    }

    async fn revoke_report_urls(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), PlatformError> {
        Ok(self.replace_token(account, assessment).await?)
    }

    async fn apply_outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), PlatformError> {
        Ok(self
            .store_outcome(account, assessment, outcome, revision)
            .await?)
    }

    async fn completed_since(
        &self,
        account: &AccountId,
        cursor: &CompletedCursor,
        limit: usize,
    ) -> Result<Completed, PlatformError> {
        Ok(Completed::Page(
            self.completed_after(account, cursor, limit).await?,
        ))
    }
}

impl DemoProduct {
    async fn invite_once(
        &self,
        account: &AccountId,
        invite: &Invite,
    ) -> Result<AssessmentId, ProductError> {
        let mut transaction = self.begin().await?;
        let known: Option<i64> = sqlx::query_scalar(INVITED)
            .bind(account.as_str())
            .bind(invite.invitation.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
        if let Some(number) = known {
            return Ok(id_of(number));
        }
        let invitation: &InvitationId = &invite.invitation;
        let new = NewAssessment {
            account,
            scenario: &invite.scenario,
            job: None,
            person: &invite.person,
            invitation: Some(invitation),
        };
        let assessment = new.insert(&mut transaction).await?;
        transaction.commit().await?;
        Ok(assessment)
    }

    async fn completed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<AssessmentRow, ProductError> {
        let mut connection = self.database.acquire().await?;
        let row = AssessmentRow::read(&mut connection, account, assessment).await?;
        let report = ProductError::NotFound { what: "report" };
        let row = row.ok_or(report)?;
        match row.state()? {
            AssessmentState::Completed => Ok(row),
            _ => Err(ProductError::NotFound { what: "report" }),
        }
    }

    /// Replaces the token in a report's URL, so that earlier URLs stop working.
    async fn replace_token(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), ProductError> {
        let mut transaction = self.begin().await?;
        let row = find(&mut transaction, account, assessment).await?;
        sqlx::query(REPLACE_TOKEN)
            .bind(row.number())
            .bind(token()?)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Lists the assessments completed after the cursor, oldest first. Assessments with the same
    /// time of completion are listed in the order of their creation.
    async fn completed_after(
        &self,
        account: &AccountId,
        cursor: &CompletedCursor,
        limit: usize,
    ) -> Result<Vec<CompletedAssessment>, ProductError> {
        let after = cursor.after.as_ref().and_then(number_of).unwrap_or(0);
        let rows: Vec<(i64, i64)> = sqlx::query_as(COMPLETED_AFTER)
            .bind(account.as_str())
            .bind(cursor.at.timestamp_micros())
            .bind(after)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.database)
            .await?;
        let row = |(number, at)| {
            Ok(CompletedAssessment {
                id: id_of(number),
                at: time(at)?,
            })
        };
        rows.into_iter().map(row).collect()
    }

    /// Stores the outcome if its revision is above the stored one. In the same transaction, a
    /// rejection withdraws the candidate's unfinished assessments.
    async fn store_outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), ProductError> {
        let mut transaction = self.begin().await?;
        let row = find(&mut transaction, account, assessment).await?;
        let last = row.outcome()?.map_or(0, |(_, revision)| revision);
        if revision <= last {
            return Ok(());
        }
        sqlx::query(MARK)
            .bind(row.number())
            .bind(outcome.as_str())
            .bind(i64::try_from(revision).map_err(|_| ProductError::Unreadable)?)
            .execute(&mut *transaction)
            .await?;
        if outcome == Outcome::Rejected {
            sqlx::query(WITHDRAW)
                .bind(account.as_str())
                .bind(row.number())
                .bind(row.person())
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }
}

const INVITED: &str = "SELECT number FROM assessments WHERE account = $1 AND invitation = $2";
const COMPLETED_AFTER: &str = "SELECT number, completed_at FROM assessments \
    WHERE account = $1 AND state = 'completed' AND (completed_at, number) > ($2, $3) \
    ORDER BY completed_at, number LIMIT $4";
const REPLACE_TOKEN: &str = "UPDATE assessments SET token = $2 WHERE number = $1";
const MARK: &str = "UPDATE assessments SET outcome = $2, outcome_revision = $3 WHERE number = $1";
/// `person` is NULL if the candidate has no email address. Then only the assessment itself is
/// withdrawn.
const WITHDRAW: &str = "UPDATE assessments SET state = 'withdrawn' \
    WHERE account = $1 AND (number = $2 OR person = $3) AND state IN ('invited', 'started')";
