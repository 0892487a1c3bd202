use chrono::{DateTime, Utc};
use greenhouse_core::UserId;

use super::{
    filter::filter,
    ids::{InterviewId, InterviewerId, ScorecardId},
    row::row,
    words::words,
};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// Lists the interviewers of each interview with `GET /v3/interviewers` (filters documented,
    /// rows in the official description).
    pub fn interviewers(&self, filter: &InterviewerFilter) -> List<Interviewer> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for interviewers (documented).
    pub struct InterviewerFilter of InterviewerId {
        /// Filters by interview.
        interview_ids: [InterviewId],
        /// Filters by user.
        user_ids: [UserId],
        /// Filters by scorecard.
        scorecard_ids: [ScorecardId],
        /// Filters by response to the invitation.
        response_status: InterviewerResponse,
    }
}

row! {
    /// A person's participation in an interview (official description). `Debug` shows only the id.
    pub struct Interviewer {
        /// Id.
        pub id: InterviewerId,
        /// Interview.
        pub interview_id: Option<InterviewId>,
        /// User, if the interviewer is a user.
        pub user_id: Option<UserId>,
        /// Scorecard. Each interviewer has an empty scorecard from the start (documented).
        pub scorecard_id: Option<ScorecardId>,
        /// Email address.
        pub email: Option<String>,
        /// Response to the invitation.
        pub response_status: Option<InterviewerResponse>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Interviewer's response to the invitation (official description).
    pub enum InterviewerResponse {
        /// No response yet.
        NeedsAction = "needs_action",
        /// Declined.
        Declined = "declined",
        /// Tentative.
        Tentative = "tentative",
        /// Accepted.
        Accepted = "accepted",
    }
}

const LIST: Route = Route::get("/v3/interviewers", "harvest:interviewers:list");
