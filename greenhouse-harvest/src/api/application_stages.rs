use chrono::{DateTime, Utc};
use greenhouse_core::{ApplicationId, StageId};

use super::{filter::filter, ids::ApplicationStageId, row::row};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// Lists the stages of applications with `GET /v3/application_stages` (official description).
    /// The list contains a row for every stage in the job's plan from the start. Stages that were
    /// not visited have no times (observed live).
    pub fn application_stages(&self, filter: &ApplicationStageFilter) -> List<ApplicationStage> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for application stages (official description).
    pub struct ApplicationStageFilter of ApplicationStageId {
        /// Filters by application.
        application_ids: [ApplicationId],
        /// Filters by stage of the interview plan.
        job_interview_stage_ids: [StageId],
        /// Filters by whether the application is in the stage now.
        current: bool,
    }
}

row! {
    /// Stage of an application (official description). Exactly one of an application's rows is
    /// current, and the id of that row is the application's `stage_id` (observed live). A stage in
    /// the plan may occur twice.
    pub struct ApplicationStage {
        /// Id.
        pub id: ApplicationStageId,
        /// Application.
        pub application_id: Option<ApplicationId>,
        /// Stage of the job's interview plan.
        pub job_interview_stage_id: Option<StageId>,
        /// Time at which the application entered the stage. Passed stages may lack both times
        /// (observed live with one customer).
        pub entered_at: Option<DateTime<Utc>>,
        /// Time at which the application left the stage. After a rejection, a current row may have
        /// this time (observed live).
        pub exited_at: Option<DateTime<Utc>>,
        /// Number of days that the application has spent in the stage.
        pub days_in_stage: Option<i64>,
        /// `true` if the application is in the stage now.
        pub current: Option<bool>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

pub(super) const LIST: Route =
    Route::get("/v3/application_stages", "harvest:application_stages:list");
