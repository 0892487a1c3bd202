use chrono::{DateTime, Utc};
use greenhouse_core::{JobId, StageId};

use super::{filter::filter, row::row};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// Lists the stages in the jobs' interview plans, including inactive stages, with `GET
    /// /v3/job_interview_stages` (official description).
    pub fn job_interview_stages(
        &self,
        filter: &JobInterviewStageFilter,
    ) -> List<JobInterviewStage> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for stages (documented).
    pub struct JobInterviewStageFilter of StageId {
        /// Filters by job.
        job_ids: [JobId],
        /// Filters by whether applications can be in the stage. Default: both.
        active: bool,
    }
}

row! {
    /// Stage in a job's interview plan (official description). Names are not unique within or
    /// across jobs (reported).
    pub struct JobInterviewStage {
        /// Id.
        pub id: StageId,
        /// Job.
        pub job_id: Option<JobId>,
        /// Name.
        pub name: Option<String>,
        /// Position in the plan. 0 is Application Review, and the last stage is the offer stage.
        pub sort_order: Option<i64>,
        /// `true` if applications can be in the stage.
        pub active: Option<bool>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

pub(super) const LIST: Route = Route::get(
    "/v3/job_interview_stages",
    "harvest:job_interview_stages:list",
);
