use chrono::{DateTime, Utc};
use greenhouse_core::{JobId, JobInterviewId};

use super::{filter::filter, row::row};
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
    pub struct InterviewKit of InterviewKitId {
        /// The job.
        job_id: JobId,
        /// The planned interview.
        job_interview_id: JobInterviewId,
        /// What to do in it.
        exercises: String,
        /// Whether interviewers do not learn whom they rate.
        anonymize_candidate: bool,
        /// Whether résumés are shown without names.
        anonymize_resumes: bool,
        /// When it was made.
        created_at: DateTime<Utc>,
        /// When it was last changed.
        updated_at: DateTime<Utc>,
    }
}

pub(super) const LIST: Route = Route::get("/v3/interview_kits", "harvest:interview_kits:list");
