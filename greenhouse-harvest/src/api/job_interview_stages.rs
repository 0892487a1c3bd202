use chrono::{DateTime, Utc};
use greenhouse_core::{JobId, StageId};

use super::{filter::filter, row::row};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/job_interview_stages`: the stages of jobs' interview plans, inactive ones included (official
    /// description).
    pub fn job_interview_stages(
        &self,
        filter: &JobInterviewStageFilter,
    ) -> List<JobInterviewStage> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which stages to list (documented).
    pub struct JobInterviewStageFilter of StageId {
        /// Of these jobs.
        job_ids: [JobId],
        /// Whether applications can be in them; without it, both kinds.
        active: bool,
    }
}

row! {
    /// A stage of a job's interview plan (official description). Names repeat within and across jobs (reported).
    pub struct JobInterviewStage {
        /// The id.
        pub id: StageId,
        /// The job.
        pub job_id: Option<JobId>,
        /// The name.
        pub name: Option<String>,
        /// Its place in the plan, from 0, the Application Review; the offer stage is the last.
        pub sort_order: Option<i64>,
        /// Whether applications can be in it.
        pub active: Option<bool>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

pub(super) const LIST: Route = Route::get(
    "/v3/job_interview_stages",
    "harvest:job_interview_stages:list",
);
