use std::fmt;

use chrono::{DateTime, Utc};
use greenhouse_core::{ApplicationId, InterviewKitId, ScorecardId, UserId};
use serde::Serialize;

use super::{OverallRating, filter::filter, row::row, words::words};
use crate::{Error, HarvestClient, List, Route, client::Call};

impl HarvestClient {
    /// `GET /v3/scorecards` (official description).
    pub fn scorecards(&self, filter: &ScorecardFilter) -> List<Scorecard> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/scorecards`. Restricted (official description): most credentials are refused. Body and answer are not public
    /// and inferred from the row.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_scorecard(&self, new: &NewScorecard) -> Result<Scorecard, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write(&call).await
    }

    /// `PATCH /v3/scorecards/{id}`. Restricted (official description): most credentials are refused. Body and answer are not
    /// public and inferred from the row.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn update_scorecard(
        &self,
        id: ScorecardId,
        update: &ScorecardUpdate,
    ) -> Result<Scorecard, Error> {
        let call = Call::on(self, UPDATE, id).with_body(update)?;
        self.write(&call).await
    }
}

filter! {
    /// Which scorecards to list (official description). There is no filter by candidate.
    pub struct ScorecardFilter of ScorecardId {
        /// Of these applications.
        application_ids: [ApplicationId],
        /// Of these interviewers, by their ids as users.
        interviewer_ids: [UserId],
        /// Submitted by these users.
        submitter_ids: [UserId],
        /// For these interview kits.
        interview_kit_ids: [InterviewKitId],
        /// Of interviews then.
        interviewed_at: TimeRange,
        /// Submitted then.
        submitted_at: TimeRange,
        /// That stand so.
        status: ScorecardStatus,
    }
}

row! {
    /// A scorecard (official description). Ids and rating of a draft may be absent (inferred). Debug shows the id only.
    pub struct Scorecard of ScorecardId {
        /// The application; the candidate is not in the row.
        application_id: ApplicationId,
        /// The interview kit that it belongs to.
        interview_kit_id: InterviewKitId,
        /// Whose it is.
        interviewer_id: UserId,
        /// Who submitted it.
        submitter_id: UserId,
        /// The rating of the whole.
        candidate_rating: OverallRating,
        /// How it stands.
        status: ScorecardStatus,
        /// When the interview was.
        interviewed_at: DateTime<Utc>,
        /// When it was submitted: by the text null for a draft, though the official example has a draft with a time.
        submitted_at: DateTime<Utc>,
        /// What the interviewer wrote, without markup.
        notes: String,
        /// The same with markup.
        notes_with_tags: String,
        /// What only some may read.
        private_notes: String,
        /// The same with markup.
        private_notes_with_tags: String,
        /// What is for other interviewers, too.
        public_notes: String,
        /// The same with markup.
        public_notes_with_tags: String,
        /// When it was made.
        created_at: DateTime<Utc>,
        /// When it was last changed.
        updated_at: DateTime<Utc>,
    }
}

words! {
    /// How a scorecard stands (official description).
    pub enum ScorecardStatus {
        /// Not submitted.
        Draft = "draft",
        /// Submitted.
        Complete = "complete",
    }
}

/// A scorecard to write. Its members are those of the row (inferred). Debug withholds the notes.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NewScorecard {
    /// The application.
    pub application_id: ApplicationId,
    /// An interview kit of the application's job.
    pub interview_kit_id: InterviewKitId,
    /// Whose it is.
    pub interviewer_id: UserId,
    /// Who submits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitter_id: Option<UserId>,
    /// The rating of the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate_rating: Option<OverallRating>,
    /// How it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ScorecardStatus>,
    /// When the interview was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interviewed_at: Option<DateTime<Utc>>,
    /// When it was submitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<DateTime<Utc>>,
    /// What the interviewer says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// What only some may read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_notes: Option<String>,
    /// What is for other interviewers, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_notes: Option<String>,
}

impl NewScorecard {
    /// An empty scorecard: what a row cannot be without (inferred).
    pub fn new(
        application_id: ApplicationId,
        interview_kit_id: InterviewKitId,
        interviewer_id: UserId,
    ) -> Self {
        Self {
            application_id,
            interview_kit_id,
            interviewer_id,
            submitter_id: None,
            candidate_rating: None,
            status: None,
            interviewed_at: None,
            submitted_at: None,
            notes: None,
            private_notes: None,
            public_notes: None,
        }
    }
}

impl fmt::Debug for NewScorecard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewScorecard")
            .field("application_id", &self.application_id)
            .field("interview_kit_id", &self.interview_kit_id)
            .field("interviewer_id", &self.interviewer_id)
            .finish_non_exhaustive()
    }
}

/// What to change of a scorecard; what is none stays (inferred). Debug shows nothing.
#[derive(Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScorecardUpdate {
    /// Who submits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitter_id: Option<UserId>,
    /// The rating of the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate_rating: Option<OverallRating>,
    /// How it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ScorecardStatus>,
    /// When the interview was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interviewed_at: Option<DateTime<Utc>>,
    /// When it was submitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<DateTime<Utc>>,
    /// What the interviewer says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// What only some may read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_notes: Option<String>,
    /// What is for other interviewers, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_notes: Option<String>,
}

impl ScorecardUpdate {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl fmt::Debug for ScorecardUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScorecardUpdate").finish_non_exhaustive()
    }
}

const LIST: Route = Route::get("/v3/scorecards", "harvest:scorecards:list");
const CREATE: Route = Route::post("/v3/scorecards", "harvest:scorecards:create");
const UPDATE: Route = Route::patch("/v3/scorecards/{id}", "harvest:scorecards:update");
