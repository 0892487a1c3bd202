use std::fmt;

use chrono::{DateTime, Utc};
use greenhouse_core::{ApplicationId, InterviewKitId, UserId};

use super::{OverallRating, body::body, filter::filter, row::row, words::words};
use crate::{Error, HarvestClient, List, Route, api::ScorecardId, client::Call};

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
        update: &UpdateScorecard,
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
    pub struct Scorecard {
        /// The id.
        pub id: ScorecardId,
        /// The application; the candidate is not in the row.
        pub application_id: Option<ApplicationId>,
        /// The interview kit that it belongs to.
        pub interview_kit_id: Option<InterviewKitId>,
        /// Whose it is.
        pub interviewer_id: Option<UserId>,
        /// Who submitted it.
        pub submitter_id: Option<UserId>,
        /// The rating of the whole.
        pub candidate_rating: Option<OverallRating>,
        /// How it stands.
        pub status: Option<ScorecardStatus>,
        /// When the interview was.
        pub interviewed_at: Option<DateTime<Utc>>,
        /// When it was submitted: by the text null for a draft, though the official example has a draft with a time.
        pub submitted_at: Option<DateTime<Utc>>,
        /// What the interviewer wrote, without markup.
        pub notes: Option<String>,
        /// The same with markup.
        pub notes_with_tags: Option<String>,
        /// What only some may read.
        pub private_notes: Option<String>,
        /// The same with markup.
        pub private_notes_with_tags: Option<String>,
        /// What is for other interviewers, too.
        pub public_notes: Option<String>,
        /// The same with markup.
        pub public_notes_with_tags: Option<String>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
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

body! {
    /// A scorecard to write. Its members are those of the row (inferred). Debug withholds the notes.
    pub struct NewScorecard, pub fn new {
        required {
            /// The application.
            application_id: ApplicationId,
            /// An interview kit of the application's job.
            interview_kit_id: InterviewKitId,
            /// Whose it is.
            interviewer_id: UserId,
        }
        optional {
            /// Who submits it.
            submitter_id: UserId,
            /// The rating of the whole.
            candidate_rating: OverallRating,
            /// How it stands.
            status: ScorecardStatus,
            /// When the interview was.
            interviewed_at: DateTime<Utc>,
            /// When it was submitted.
            submitted_at: DateTime<Utc>,
            /// What the interviewer says.
            notes: String,
            /// What only some may read.
            private_notes: String,
            /// What is for other interviewers, too.
            public_notes: String,
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

body! {
    /// What to change of a scorecard; what is none stays (inferred). Debug shows nothing.
    #[derive(Default)]
    pub struct UpdateScorecard, pub fn new {
        optional {
            /// Who submits it.
            submitter_id: UserId,
            /// The rating of the whole.
            candidate_rating: OverallRating,
            /// How it stands.
            status: ScorecardStatus,
            /// When the interview was.
            interviewed_at: DateTime<Utc>,
            /// When it was submitted.
            submitted_at: DateTime<Utc>,
            /// What the interviewer says.
            notes: String,
            /// What only some may read.
            private_notes: String,
            /// What is for other interviewers, too.
            public_notes: String,
        }
    }
}

impl fmt::Debug for UpdateScorecard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateScorecard").finish_non_exhaustive()
    }
}

pub(in crate::api) const LIST: Route = Route::get("/v3/scorecards", "harvest:scorecards:list");
pub(in crate::api) const CREATE: Route = Route::post("/v3/scorecards", "harvest:scorecards:create");
const UPDATE: Route = Route::patch("/v3/scorecards/{id}", "harvest:scorecards:update");
