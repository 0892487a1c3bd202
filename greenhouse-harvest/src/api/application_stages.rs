use chrono::{DateTime, Utc};
use greenhouse_core::{ApplicationId, StageId};

use super::{filter::filter, ids::ApplicationStageId, row::row};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/application_stages` (official description): a row for every stage of the job's plan from the start; those that
    /// were not visited have no times (observed live).
    pub fn application_stages(&self, filter: &ApplicationStageFilter) -> List<ApplicationStage> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which stages to list (official description).
    pub struct ApplicationStageFilter of ApplicationStageId {
        /// Of these applications.
        application_ids: [ApplicationId],
        /// That are these stages of interview plans.
        job_interview_stage_ids: [StageId],
        /// Whether the application is in them.
        current: bool,
    }
}

row! {
    /// One stage of one application (official description). Of one application, exactly one row is current, and its id is the
    /// application's `stage_id` (observed live). One stage of the plan may occur twice.
    pub struct ApplicationStage {
        /// The id.
        pub id: ApplicationStageId,
        /// The application.
        pub application_id: Option<ApplicationId>,
        /// The stage of the job's interview plan.
        pub job_interview_stage_id: Option<StageId>,
        /// When the application came to it. Stages that were passed may lack both times (observed live with one customer).
        pub entered_at: Option<DateTime<Utc>>,
        /// When the application left it; a current row may have it after a rejection (observed live).
        pub exited_at: Option<DateTime<Utc>>,
        /// For how many days the application was, or is, in it.
        pub days_in_stage: Option<i64>,
        /// Whether the application is in it.
        pub current: Option<bool>,
        /// When the row was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When the row last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

pub(super) const LIST: Route =
    Route::get("/v3/application_stages", "harvest:application_stages:list");
