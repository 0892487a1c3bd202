use chrono::{DateTime, Utc};
use greenhouse_core::{InterviewKitId, JobId};

use super::{filter::filter, ids::JobInterviewId, row::row};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/interview_kits` (filters documented, rows in the official description). No call makes one (official
    /// description).
    pub fn interview_kits(&self, filter: &InterviewKitFilter) -> List<InterviewKit> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which kits to list (documented).
    pub struct InterviewKitFilter of InterviewKitId {
        /// Of these jobs.
        job_ids: [JobId],
        /// For these planned interviews.
        job_interview_ids: [JobInterviewId],
    }
}

row! {
    /// What interviewers are given for a planned interview (official description). A scorecard belongs to one.
    pub struct InterviewKit {
        /// The id.
        pub id: InterviewKitId,
        /// The job.
        pub job_id: Option<JobId>,
        /// The planned interview.
        pub job_interview_id: Option<JobInterviewId>,
        /// What to do in it.
        pub exercises: Option<String>,
        /// Whether interviewers do not learn whom they rate.
        pub anonymize_candidate: Option<bool>,
        /// Whether résumés are shown without names.
        pub anonymize_resumes: Option<bool>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

pub(super) const LIST: Route = Route::get("/v3/interview_kits", "harvest:interview_kits:list");
