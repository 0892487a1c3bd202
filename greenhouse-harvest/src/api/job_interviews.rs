use chrono::{DateTime, Utc};
use greenhouse_core::{JobId, StageId};

use super::{filter::filter, row::row, words::words};
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
    pub struct JobInterview of JobInterviewId {
        /// The job.
        job_id: JobId,
        /// The stage.
        job_interview_stage_id: StageId,
        /// The name.
        name: String,
        /// Its place in the stage.
        sort_order: i64,
        /// How it is arranged.
        scheduling_type: SchedulingType,
        /// How long it takes; the unit is not described.
        duration: i64,
        /// What it is about.
        summary: String,
        /// What interviewers are told.
        instructions: String,
        /// Whether it is in use.
        active: bool,
        /// Whether each interviewer has to submit a scorecard.
        require_scorecard: bool,
        /// When it was made.
        created_at: DateTime<Utc>,
        /// When it was last changed.
        updated_at: DateTime<Utc>,
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
