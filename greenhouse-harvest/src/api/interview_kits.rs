use chrono::{DateTime, Utc};
use greenhouse_core::{InterviewKitId, JobId};

use super::{filter::filter, ids::JobInterviewId, row::row};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// Lists interview kits with `GET /v3/interview_kits` (filters documented, rows in the official
    /// description). The API has no call that creates an interview kit (official description).
    pub fn interview_kits(&self, filter: &InterviewKitFilter) -> List<InterviewKit> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for interview kits (documented).
    pub struct InterviewKitFilter of InterviewKitId {
        /// Filters by job.
        job_ids: [JobId],
        /// Filters by planned interview.
        job_interview_ids: [JobInterviewId],
    }
}

row! {
    /// Instructions for the interviewers of a planned interview (official description). Each
    /// scorecard belongs to an interview kit.
    pub struct InterviewKit {
        /// Id.
        pub id: InterviewKitId,
        /// Job.
        pub job_id: Option<JobId>,
        /// Planned interview.
        pub job_interview_id: Option<JobInterviewId>,
        /// Exercises for the interview.
        pub exercises: Option<String>,
        /// `true` if interviewers do not see the candidate's name.
        pub anonymize_candidate: Option<bool>,
        /// `true` if résumés are shown without names.
        pub anonymize_resumes: Option<bool>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

pub(super) const LIST: Route = Route::get("/v3/interview_kits", "harvest:interview_kits:list");
