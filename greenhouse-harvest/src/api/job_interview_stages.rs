use greenhouse_core::{JobId, StageId};
use serde::Deserialize;

use crate::{HarvestClient, Pages, Route, client::Call};

impl HarvestClient {
    /// `GET /v3/job_interview_stages`: the stages of jobs' interview plans, inactive ones included (official
    /// description).
    pub fn job_interview_stages(
        &self,
        filter: &JobInterviewStageFilter,
    ) -> Pages<JobInterviewStage> {
        let mut query = Vec::new();
        if !filter.job_ids.is_empty() {
            query.push(("job_ids", super::ids(&filter.job_ids)));
        }
        Pages::new(self, Call::of(self, LIST).with_query(query))
    }
}

/// Which stages to list.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct JobInterviewStageFilter {
    /// Of these jobs, at most 50.
    pub job_ids: Vec<JobId>,
}

impl JobInterviewStageFilter {
    /// The stages of these jobs, at most 50.
    pub fn of_jobs(job_ids: Vec<JobId>) -> Self {
        Self { job_ids }
    }
}

/// A stage of a job's interview plan. Names repeat within and across jobs (reported).
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct JobInterviewStage {
    /// The id.
    pub id: StageId,
    /// The job.
    #[serde(default)]
    pub job_id: Option<JobId>,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether applications can be in it.
    #[serde(default)]
    pub active: Option<bool>,
    /// Its place in the plan, from 0, the Application Review.
    #[serde(default)]
    pub sort_order: Option<i64>,
}

pub(super) const LIST: Route = Route::get(
    "/v3/job_interview_stages",
    "harvest:job_interview_stages:list",
);
