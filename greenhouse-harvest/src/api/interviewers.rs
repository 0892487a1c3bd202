use chrono::{DateTime, Utc};
use greenhouse_core::{InterviewId, ScorecardId, UserId};

use super::{filter::filter, row::row, words::words};
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
    pub struct Interviewer of InterviewerId {
        /// The interview.
        interview_id: InterviewId,
        /// The user, where the interviewer is one.
        user_id: UserId,
        /// The scorecard; each interviewer has one from the start, empty (documented).
        scorecard_id: ScorecardId,
        /// The address.
        email: String,
        /// What was answered to the invitation.
        response_status: InterviewerResponse,
        /// When it was entered.
        created_at: DateTime<Utc>,
        /// When it was last changed.
        updated_at: DateTime<Utc>,
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
