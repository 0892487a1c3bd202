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
    /// `GET /v3/interviewers`: who holds which interview (filters documented, rows in the official description).
    pub fn interviewers(&self, filter: &InterviewerFilter) -> List<Interviewer> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which interviewers to list (documented).
    pub struct InterviewerFilter of InterviewerId {
        /// Of these interviews.
        interview_ids: [InterviewId],
        /// Who are these users.
        user_ids: [UserId],
        /// With these scorecards.
        scorecard_ids: [ScorecardId],
        /// Who answered so.
        response_status: InterviewerResponse,
    }
}

row! {
    /// Somebody's part in an interview (official description). Debug shows the id only.
    pub struct Interviewer {
        /// The id.
        pub id: InterviewerId,
        /// The interview.
        pub interview_id: Option<InterviewId>,
        /// The user, where the interviewer is one.
        pub user_id: Option<UserId>,
        /// The scorecard; each interviewer has one from the start, empty (documented).
        pub scorecard_id: Option<ScorecardId>,
        /// The address.
        pub email: Option<String>,
        /// What was answered to the invitation.
        pub response_status: Option<InterviewerResponse>,
        /// When it was entered.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// What an interviewer answered to the invitation (official description).
    pub enum InterviewerResponse {
        /// Nothing yet.
        NeedsAction = "needs_action",
        /// No.
        Declined = "declined",
        /// Perhaps.
        Tentative = "tentative",
        /// Yes.
        Accepted = "accepted",
    }
}

const LIST: Route = Route::get("/v3/interviewers", "harvest:interviewers:list");
