//! The product, as a port: scenarios, assessments, reports and outcomes.

mod completed;
mod guarded;

use std::{collections::BTreeMap, error::Error, fmt, sync::Arc};

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
};

/// The assessment product, implemented by the service that embeds these crates.
///
/// Every call names the account it is for; an id of another account is answered as if it did not exist. Calls may come
/// from several hosts at once. A call that fails with [`PlatformError::Unavailable`] is made again later.
#[async_trait]
pub trait AssessmentPlatform: fmt::Debug + Send + Sync {
    /// What candidates of this account can take, in the order in which recruiters should see it.
    ///
    /// Ids are stored in the customer's hiring plans, so they must stay the same for good.
    async fn scenarios(&self, account: &AccountId) -> Result<Vec<Scenario>, PlatformError>;

    /// The product's jobs, for the mapping to Greenhouse jobs. A product without jobs answers its scenarios.
    async fn jobs(&self, account: &AccountId) -> Result<Vec<ProductJob>, PlatformError>;

    /// Creates the assessment and invites the candidate, once per invitation id: a second call with the same id
    /// answers the same assessment and invites nobody.
    async fn invite(
        &self,
        account: &AccountId,
        invite: &Invite,
    ) -> Result<AssessmentId, PlatformError>;

    /// One assessment as it stands; none where the account has no such assessment.
    async fn assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError>;

    /// The report of a completed assessment as a PDF.
    async fn report_pdf(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError>;

    /// Where a browser finds the report of a completed assessment. Called at each opening of a report link, so the
    /// answer may be short-lived; it must open without a log-in. Called, too, before Greenhouse is told of a completion:
    /// while there is no report yet, the answer is [`PlatformError::NotFound`], and Greenhouse is not told.
    async fn report_url(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Url, PlatformError>;

    /// Takes note of what became of the candidate in Greenhouse. The call is absolute and idempotent: it says what
    /// is now true, and one with a revision that is not above the last one applied changes nothing.
    ///
    /// On [`Outcome::Rejected`] the product marks the assessment rejected and stops the candidate's active
    /// assessments. [`Outcome::Active`] takes the mark back and restarts nothing.
    async fn apply_outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), PlatformError>;

    /// Lists assessments that were completed after the cursor, oldest first, at most `limit`.
    ///
    /// Polled in the background, so that a lost call of
    /// [`assessment_changed`](crate::Integration::assessment_changed) heals. An assessment is listed
    /// with the time from which its result and its report were available; one that is completed
    /// again is listed again with the later time. Assessments with the same time have an order that
    /// the product chooses and keeps. Fewer than `limit` mean that the list ends here.
    ///
    /// A product that cannot list returns [`Completed::NotSupported`]. It must then repeat each call
    /// of `assessment_changed` until it succeeds, for example from an outbox table.
    async fn completed_since(
        &self,
        account: &AccountId,
        cursor: &CompletedCursor,
        limit: usize,
    ) -> Result<Completed, PlatformError>;
}

/// A shared product is a product.
#[async_trait]
impl<T: AssessmentPlatform + ?Sized> AssessmentPlatform for Arc<T> {
    async fn scenarios(&self, account: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        (**self).scenarios(account).await
    }

    async fn jobs(&self, account: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        (**self).jobs(account).await
    }

    async fn invite(
        &self,
        account: &AccountId,
        invite: &Invite,
    ) -> Result<AssessmentId, PlatformError> {
        (**self).invite(account, invite).await
    }

    async fn assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        (**self).assessment(account, assessment).await
    }

    async fn report_pdf(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError> {
        (**self).report_pdf(account, assessment).await
    }

    async fn report_url(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Url, PlatformError> {
        (**self).report_url(account, assessment).await
    }

    async fn apply_outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), PlatformError> {
        let product = &**self;
        product
            .apply_outcome(account, assessment, outcome, revision)
            .await
    }

    async fn completed_since(
        &self,
        account: &AccountId,
        cursor: &CompletedCursor,
        limit: usize,
    ) -> Result<Completed, PlatformError> {
        (**self).completed_since(account, cursor, limit).await
    }
}

/// Something that a candidate can take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// The id, stable for good.
    pub id: ScenarioId,
    /// The name that recruiters see.
    pub name: String,
}

/// A job of the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductJob {
    /// The id, key of the job mapping.
    pub id: ProductJobId,
    /// The name that recruiters see.
    pub name: String,
}

/// A person who takes or took an assessment. Debug shows no personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The given name; the whole name where there is only one.
    pub first_name: String,
    /// The family name; empty where there is only one name.
    pub last_name: String,
    /// The e-mail address, where known.
    pub email: Option<String>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(..)")
    }
}

/// The wish to have a candidate assessed.
#[derive(Debug, Clone)]
pub struct Invite {
    /// Names the wish: the same id is the same wish.
    pub invitation: InvitationId,
    /// What to take.
    pub scenario: ScenarioId,
    /// Who takes it. The e-mail is always there.
    pub person: Person,
}

/// One candidate taking one scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The id.
    pub id: AssessmentId,
    /// What is taken.
    pub scenario: ScenarioId,
    /// The scenario's name, for notes and reports.
    pub scenario_name: String,
    /// What job it is for: the key of the job mapping.
    pub job: Option<ProductJobId>,
    /// Who takes it.
    pub person: Person,
    /// How far it is.
    pub state: AssessmentState,
    /// The overall score, once completed.
    pub score: Option<Score>,
    /// The scores of the single traits, once completed.
    pub traits: Vec<TraitScore>,
    /// A few sentences for the recruiter.
    pub summary: Option<String>,
    /// When the candidate began.
    pub started_at: Option<DateTime<Utc>>,
    /// When the candidate finished.
    pub completed_at: Option<DateTime<Utc>>,
    /// The invitation it came in through, if Greenhouse sent it.
    pub invitation: Option<InvitationId>,
    /// More to show beside the score in Greenhouse, label to text.
    pub metadata: BTreeMap<String, String>,
}

/// How far an assessment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AssessmentState {
    /// The candidate was invited and has not begun.
    Invited,
    /// The candidate has begun.
    Started,
    /// The candidate has finished and the score is there.
    Completed,
    /// It will not be finished: taken back by the product or stopped after a rejection.
    Withdrawn,
    /// It was not finished in time.
    Expired,
}

/// What became of a pushed candidate in Greenhouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// In the pipeline: also takes back an earlier mark.
    Active,
    /// Rejected.
    Rejected,
    /// Hired.
    Hired,
}

impl Outcome {
    /// The word for logs and stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Rejected => "rejected",
            Self::Hired => "hired",
        }
    }
}

/// Why the product could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlatformError {
    /// The account has nothing under this id. Not worth a retry.
    #[error("the product has no such {what}")]
    NotFound {
        /// What was looked for: `assessment`, `scenario`, `report`.
        what: &'static str,
    },
    /// The product refuses; the reason is fit for a recruiter. Not worth a retry.
    #[error("the product refuses: {reason}")]
    Refused {
        /// In plain words, without personal data.
        reason: String,
    },
    /// The product cannot answer at present. Worth a retry.
    #[error("the product cannot be reached")]
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
