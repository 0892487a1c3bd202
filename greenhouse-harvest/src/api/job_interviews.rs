use chrono::{DateTime, Utc};
use greenhouse_core::{JobId, StageId};

use super::{filter::filter, ids::JobInterviewId, row::row, words::words};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/job_interviews`: the interviews that jobs plan, not those that take place (filters documented, rows in the
    /// official description).
    pub fn job_interviews(&self, filter: &JobInterviewFilter) -> List<JobInterview> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which planned interviews to list (documented).
    pub struct JobInterviewFilter of JobInterviewId {
        /// Of these jobs.
        job_ids: [JobId],
        /// In these stages.
        job_interview_stage_ids: [StageId],
        /// Whether they are in use; without it, both kinds.
        active: bool,
        /// Arranged so.
        scheduling_type: SchedulingType,
    }
}

row! {
    /// An interview of a job's plan (official description).
    pub struct JobInterview {
        /// The id.
        pub id: JobInterviewId,
        /// The job.
        pub job_id: Option<JobId>,
        /// The stage.
        pub job_interview_stage_id: Option<StageId>,
        /// The name.
        pub name: Option<String>,
        /// Its place in the stage.
        pub sort_order: Option<i64>,
        /// How it is arranged.
        pub scheduling_type: Option<SchedulingType>,
        /// How long it takes; the unit is not described.
        pub duration: Option<i64>,
        /// What it is about.
        pub summary: Option<String>,
        /// What interviewers are told.
        pub instructions: Option<String>,
        /// Whether it is in use.
        pub active: Option<bool>,
        /// Whether each interviewer has to submit a scorecard.
        pub require_scorecard: Option<bool>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// How a planned interview is arranged (official description).
    pub enum SchedulingType {
        /// It is not.
        Unscheduled = "none",
        /// With a time.
        NeedsScheduling = "needs_scheduling",
        /// As a test that is taken at home.
        TakeHomeTest = "take_home_test",
        /// As an offer.
        Offer = "offer",
    }
}

pub(super) const LIST: Route = Route::get("/v3/job_interviews", "harvest:job_interviews:list");
