use std::fmt;

use chrono::{DateTime, Utc};
use greenhouse_core::{ApplicationId, InterviewKitId, UserId};

use super::{OverallRating, body::body, filter::filter, row::row, words::words};
use crate::{Error, HarvestClient, List, Route, api::ScorecardId, client::Call};

impl HarvestClient {
    /// Lists scorecards with `GET /v3/scorecards` (official description).
    pub fn scorecards(&self, filter: &ScorecardFilter) -> List<Scorecard> {
        List::new(self, LIST, &filter.query)
    }

    /// Creates a scorecard with `POST /v3/scorecards`. The call is restricted (official
    /// description), so most credentials are refused. The body and the response are not public;
    /// they are inferred from the row.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn create_scorecard(&self, new: &NewScorecard) -> Result<Scorecard, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write(&call).await
    }

    /// Updates a scorecard with `PATCH /v3/scorecards/{id}`. The call is restricted (official
    /// description), so most credentials are refused. The body and the response are not public;
    /// they are inferred from the row.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
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
    /// Filter for scorecards (official description). Filtering by candidate is not possible.
    pub struct ScorecardFilter of ScorecardId {
        /// Filters by application.
        application_ids: [ApplicationId],
        /// Filters by interviewer (user id).
        interviewer_ids: [UserId],
        /// Filters by submitter (user id).
        submitter_ids: [UserId],
        /// Filters by interview kit.
        interview_kit_ids: [InterviewKitId],
        /// Filters by the time of the interview.
        interviewed_at: TimeRange,
        /// Filters by the time of submission.
        submitted_at: TimeRange,
        /// Filters by status.
        status: ScorecardStatus,
    }
}

row! {
    /// Scorecard (official description). The ids and the rating of a draft may be absent
    /// (inferred). `Debug` shows only the id.
    pub struct Scorecard {
        /// Id.
        pub id: ScorecardId,
        /// Application. The row does not contain the candidate.
        pub application_id: Option<ApplicationId>,
        /// Interview kit of the scorecard.
        pub interview_kit_id: Option<InterviewKitId>,
        /// Interviewer.
        pub interviewer_id: Option<UserId>,
        /// Submitter.
        pub submitter_id: Option<UserId>,
        /// Overall rating.
        pub candidate_rating: Option<OverallRating>,
        /// Status.
        pub status: Option<ScorecardStatus>,
        /// Time of the interview.
        pub interviewed_at: Option<DateTime<Utc>>,
        /// Time of submission. According to the description, null for a draft, but the official
        /// example has a draft with a time.
        pub submitted_at: Option<DateTime<Utc>>,
        /// The interviewer's notes, without markup.
        pub notes: Option<String>,
        /// Text of `notes` with markup.
        pub notes_with_tags: Option<String>,
        /// Private notes.
        pub private_notes: Option<String>,
        /// Text of `private_notes` with markup.
        pub private_notes_with_tags: Option<String>,
        /// Notes for other interviewers.
        pub public_notes: Option<String>,
        /// Text of `public_notes` with markup.
        pub public_notes_with_tags: Option<String>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Status of a scorecard (official description).
    pub enum ScorecardStatus {
        /// Not submitted.
        Draft = "draft",
        /// Submitted.
        Complete = "complete",
    }
}

body! {
    /// New scorecard. Its members are those of the row (inferred). `Debug` withholds the notes.
    pub struct NewScorecard, pub fn new {
        required {
            /// Application.
            application_id: ApplicationId,
            /// Interview kit of the application's job.
            interview_kit_id: InterviewKitId,
            /// Interviewer.
            interviewer_id: UserId,
        }
        optional {
            /// Submitter.
            submitter_id: UserId,
            /// Overall rating.
            candidate_rating: OverallRating,
            /// Status.
            status: ScorecardStatus,
            /// Time of the interview.
            interviewed_at: DateTime<Utc>,
            /// Time of submission.
            submitted_at: DateTime<Utc>,
            /// The interviewer's notes.
            notes: String,
            /// Private notes.
            private_notes: String,
            /// Notes for other interviewers.
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
    /// Changes to a scorecard. `None` leaves a member unchanged (inferred). `Debug` shows nothing.
    #[derive(Default)]
    pub struct UpdateScorecard, pub fn new {
        optional {
            /// Submitter.
            submitter_id: UserId,
            /// Overall rating.
            candidate_rating: OverallRating,
            /// Status.
            status: ScorecardStatus,
            /// Time of the interview.
            interviewed_at: DateTime<Utc>,
            /// Time of submission.
            submitted_at: DateTime<Utc>,
            /// The interviewer's notes.
            notes: String,
            /// Private notes.
            private_notes: String,
            /// Notes for other interviewers.
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
