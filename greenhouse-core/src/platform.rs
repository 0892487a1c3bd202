//! The product as a port: scenarios, assessments, reports and outcomes.

mod completed;
mod forward;
mod guarded;
mod invite;
mod profile;

use std::{collections::BTreeMap, error::Error, fmt};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    AccountId, AssessmentId, InvitationId, ProductJobId, ScenarioId,
    scorecard::{Score, TraitScore},
};

pub use self::{
    completed::{Completed, CompletedAssessment, CompletedCursor},
    guarded::GuardedPlatform,
    invite::{Invite, InviteDetails, ResumeLink},
    profile::{CandidateProfile, ResumeFile},
};

/// The assessment product, implemented by the service that embeds these crates.
///
/// Each method receives the account. Treat an id from another account as unknown. Several hosts may
/// call the methods at the same time. A call that fails with [`PlatformError::Unavailable`] is
/// retried later.
#[async_trait]
pub trait AssessmentPlatform: fmt::Debug + Send + Sync {
    /// Scenarios that candidates of this account can take, in display order.
    ///
    /// Customers' hiring plans store the ids, so an id must never change.
    ///
    /// # Errors
    ///
    /// [`PlatformError::Unavailable`] if a later call may succeed.
    async fn scenarios(&self, account: &AccountId) -> Result<Vec<Scenario>, PlatformError>;

    /// Product jobs, for the mapping to Greenhouse jobs. A product without jobs returns its
    /// scenarios.
    ///
    /// # Errors
    ///
    /// [`PlatformError::Unavailable`] if a later call may succeed.
    async fn jobs(&self, account: &AccountId) -> Result<Vec<ProductJob>, PlatformError>;

    /// Creates the assessment and invites the candidate. Idempotent: a second call with the same
    /// invitation id returns the same assessment and sends no invitation.
    ///
    /// # Errors
    ///
    /// [`PlatformError::NotFound`] if the scenario does not exist, [`PlatformError::Refused`] if
    /// the product rejects the invitation, [`PlatformError::Unavailable`] if a later call may
    /// succeed.
    async fn invite(
        &self,
        account: &AccountId,
        invite: &Invite,
    ) -> Result<AssessmentId, PlatformError>;

    /// Current state of an assessment. `None` if the account does not have it.
    ///
    /// # Errors
    ///
    /// [`PlatformError::Unavailable`] if a later call may succeed.
    async fn assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError>;

    /// Contact data and résumé of the candidate of a completed assessment. A push calls this method
    /// only if it creates the candidate in Greenhouse, and sends the profile with the new
    /// candidate. An existing candidate is not changed.
    ///
    /// The default returns an empty profile.
    ///
    /// # Errors
    ///
    /// [`PlatformError::Unavailable`] if a later call may succeed. The push then waits.
    async fn profile(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<CandidateProfile, PlatformError> {
        let _ = (account, assessment);
        Ok(CandidateProfile::default())
    }

    /// Report of a completed assessment as a PDF. While the report is not ready, the push waits and
    /// is retried.
    ///
    /// # Errors
    ///
    /// [`PlatformError::NotFound`] if there is no such assessment, [`PlatformError::NotReady`] if
    /// its report is not ready yet, [`PlatformError::Unavailable`] if a later call may succeed.
    async fn report_pdf(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError>;

    /// URL at which a browser opens the report of a completed assessment.
    ///
    /// Called each time a report link is opened, so the URL may be short-lived. The URL must work
    /// without a login. Also called before Greenhouse is notified of a completion: while the report
    /// does not exist, the notice waits.
    ///
    /// A person who opened a link once may keep the URL itself. So the URL must stop working when
    /// the links are revoked: implement [`revoke_report_urls`](Self::revoke_report_urls), or return
    /// a URL that expires after a few minutes.
    ///
    /// # Errors
    ///
    /// [`PlatformError::NotFound`] or [`PlatformError::NotReady`] if the report does not exist yet,
    /// [`PlatformError::Unavailable`] if a later call may succeed.
    async fn report_url(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Url, PlatformError>;

    /// Revokes every URL that [`report_url`](Self::report_url) returned for this assessment. URLs
    /// that `report_url` returns later must work. Called when the report links of the assessment
    /// are revoked.
    ///
    /// The default does nothing, for a product whose URLs expire after a few minutes. Any other
    /// product must implement this method, or a revoked report stays readable for everyone who
    /// opened it.
    ///
    /// # Errors
    ///
    /// [`PlatformError::Unavailable`] if a later call may succeed.
    async fn revoke_report_urls(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), PlatformError> {
        let _ = (account, assessment);
        Ok(())
    }

    /// Applies the outcome that the candidate has in Greenhouse. The new outcome replaces the
    /// previous one. The product must ignore a call whose `revision` is not above the last applied
    /// revision, so that repeated and late calls change nothing.
    ///
    /// On [`Outcome::Rejected`], the product marks the assessment as rejected and stops the
    /// candidate's active assessments. [`Outcome::Active`] removes the mark but restarts nothing.
    ///
    /// # Errors
    ///
    /// [`PlatformError::NotFound`] if there is no such assessment, [`PlatformError::Refused`] if
    /// the product cannot apply the outcome, [`PlatformError::Unavailable`] if a later call may
    /// succeed.
    async fn apply_outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), PlatformError>;

    /// Lists at most `limit` assessments that were completed after the cursor, oldest first.
    ///
    /// Polled in the background, to recover a lost call to
    /// [`assessment_changed`](crate::Integration::assessment_changed). An assessment is listed with
    /// the time at which its result and its report became available. If it is completed again, it
    /// is listed again with the later time. The product chooses the order of assessments with the
    /// same time, but the order must be stable. A page with fewer than `limit` assessments is the
    /// last page.
    ///
    /// A product that cannot list returns [`Completed::NotSupported`]. The product must then repeat
    /// each call to `assessment_changed` until the call succeeds, for example from an outbox table.
    ///
    /// # Errors
    ///
    /// [`PlatformError::Unavailable`] if a later call may succeed.
    async fn completed_since(
        &self,
        account: &AccountId,
        cursor: &CompletedCursor,
        limit: usize,
    ) -> Result<Completed, PlatformError>;
}

/// A test that a candidate can take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Scenario {
    /// Id; must never change.
    pub id: ScenarioId,
    /// Name that recruiters see.
    pub name: String,
}

/// A job in the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ProductJob {
    /// Id, the key of the job mapping.
    pub id: ProductJobId,
    /// Name that recruiters see.
    pub name: String,
}

/// Candidate of an assessment. Debug shows no personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Given name, or the whole name if there is only one.
    pub first_name: String,
    /// Family name; empty if there is only one name.
    pub last_name: String,
    /// E-mail address, if known.
    pub email: Option<String>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(..)")
    }
}

/// One candidate taking one scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Id of the assessment.
    pub id: AssessmentId,
    /// Scenario of the assessment.
    pub scenario: ScenarioId,
    /// Name of the scenario, for notes and reports.
    pub scenario_name: String,
    /// Product job of the assessment, the key of the job mapping. `None` if the assessment has no
    /// job.
    pub job: Option<ProductJobId>,
    /// Candidate of the assessment.
    pub person: Person,
    /// Progress of the candidate.
    pub state: AssessmentState,
    /// Overall score, once completed. A completed assessment may have none.
    pub score: Option<Score>,
    /// Scores of the traits, once completed.
    pub traits: Vec<TraitScore>,
    /// Short summary for the recruiter, if any.
    pub summary: Option<String>,
    /// Time at which the candidate started. `None` before the start, or if unknown.
    pub started_at: Option<DateTime<Utc>>,
    /// Time at which the candidate finished. `None` before completion, or if unknown.
    pub completed_at: Option<DateTime<Utc>>,
    /// Invitation of the assessment, if Greenhouse requested it.
    pub invitation: Option<InvitationId>,
    /// Additional values to show in Greenhouse, keyed by label.
    pub metadata: BTreeMap<String, String>,
}

/// Progress of an assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AssessmentState {
    /// The candidate is invited and has not started.
    Invited,
    /// The candidate has started.
    Started,
    /// The candidate has finished, and the result is available.
    Completed,
    /// Cancelled by the product, or stopped after a rejection.
    Withdrawn,
    /// Not finished in time.
    Expired,
}

/// Outcome of a pushed candidate in Greenhouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// In the pipeline. Also replaces an earlier rejection or hire.
    Active,
    /// Rejected.
    Rejected,
    /// Hired.
    Hired,
}

impl Outcome {
    /// Name for logs and stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Rejected => "rejected",
            Self::Hired => "hired",
        }
    }
}

/// Error from a call to the product.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlatformError {
    /// The account has no item with this id. Retrying does not help.
    #[error("{what} not found in the product")]
    NotFound {
        /// Kind of the missing item, such as `assessment`, `scenario` or `report`.
        what: &'static str,
    },
    /// The product rejected the request; the reason is shown to recruiters. Retrying does not help.
    #[error("the product rejected the request: {reason}")]
    Refused {
        /// Reason without personal data.
        reason: String,
    },
    /// The assessment is completed, but its report is not ready yet. A retry may succeed.
    #[error("the report is not ready")]
    NotReady,
    /// The product is temporarily unavailable. A retry may succeed.
    #[error("the product is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

impl PlatformError {
    /// Returns `true` if the product panicked; see [`GuardedPlatform`].
    pub fn panicked(&self) -> bool {
        match self {
            Self::Unavailable(source) => source.is::<guarded::ProductPanicked>(),
            _ => false,
        }
    }
}
