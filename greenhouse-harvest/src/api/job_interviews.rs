use chrono::{DateTime, Utc};
use greenhouse_core::{JobId, StageId};

use super::{filter::filter, ids::JobInterviewId, row::row, words::words};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// Lists the planned interviews of jobs with `GET /v3/job_interviews` (filters documented, rows
    /// in the official description). Scheduled interviews are listed by
    /// [`interviews`](Self::interviews).
    pub fn job_interviews(&self, filter: &JobInterviewFilter) -> List<JobInterview> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for planned interviews (documented).
    pub struct JobInterviewFilter of JobInterviewId {
        /// Filters by job.
        job_ids: [JobId],
        /// Filters by stage.
        job_interview_stage_ids: [StageId],
        /// Filters by whether the interview is in use. Default: both.
        active: bool,
        /// Filters by kind of scheduling.
        scheduling_type: SchedulingType,
    }
}

row! {
    /// Interview in a job's plan (official description).
    pub struct JobInterview {
        /// Id.
        pub id: JobInterviewId,
        /// Job.
        pub job_id: Option<JobId>,
        /// Stage.
        pub job_interview_stage_id: Option<StageId>,
        /// Name.
        pub name: Option<String>,
        /// Position in the stage.
        pub sort_order: Option<i64>,
        /// Kind of scheduling.
        pub scheduling_type: Option<SchedulingType>,
        /// Duration. The unit is not described.
        pub duration: Option<i64>,
        /// Summary.
        pub summary: Option<String>,
        /// Instructions for interviewers.
        pub instructions: Option<String>,
        /// `true` if the interview is in use.
        pub active: Option<bool>,
        /// `true` if each interviewer must submit a scorecard.
        pub require_scorecard: Option<bool>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Scheduling of a planned interview (official description).
    pub enum SchedulingType {
        /// Not scheduled.
        Unscheduled = "none",
        /// At a set time.
        NeedsScheduling = "needs_scheduling",
        /// As a take-home test.
        TakeHomeTest = "take_home_test",
        /// As an offer.
        Offer = "offer",
    }
}

pub(super) const LIST: Route = Route::get("/v3/job_interviews", "harvest:job_interviews:list");
