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
    /// `GET /v3/interviewers`: interviewers of each interview (filters documented, rows in the
    /// official description).
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
        /// Filters by answer to the invitation.
        response_status: InterviewerResponse,
    }
}

row! {
    /// Participation of a person in an interview (official description). Debug shows the id only.
    pub struct Interviewer {
        /// Id.
        pub id: InterviewerId,
        /// Interview.
        pub interview_id: Option<InterviewId>,
        /// User, if the interviewer is one.
        pub user_id: Option<UserId>,
        /// Scorecard. Each interviewer has an empty one from the start (documented).
        pub scorecard_id: Option<ScorecardId>,
        /// Address.
        pub email: Option<String>,
        /// Answer to the invitation.
        pub response_status: Option<InterviewerResponse>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Answer of an interviewer to the invitation (official description).
    pub enum InterviewerResponse {
        /// No answer yet.
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
