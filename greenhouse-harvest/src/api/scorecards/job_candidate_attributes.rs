use chrono::{DateTime, Utc};
use greenhouse_core::JobId;

use super::{filter::filter, row::row};
use crate::{
    HarvestClient, List, Route,
    api::{CandidateAttributeTypeId, JobCandidateAttributeId},
};

impl HarvestClient {
    /// `GET /v3/job_candidate_attributes`: what scorecards of a job rate (filters documented, rows in the official
    /// description). No call makes one (official description).
    pub fn job_candidate_attributes(
        &self,
        filter: &JobCandidateAttributeFilter,
    ) -> List<JobCandidateAttribute> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which attributes to list (documented).
    pub struct JobCandidateAttributeFilter of JobCandidateAttributeId {
        /// Of these jobs.
        job_ids: [JobId],
        /// Of these kinds.
        candidate_attribute_type_ids: [CandidateAttributeTypeId],
        /// Whether they are in use; without it, both kinds.
        active: bool,
    }
}

row! {
    /// An attribute that scorecards of a job rate (official description).
    pub struct JobCandidateAttribute {
        /// The id.
        pub id: JobCandidateAttributeId,
        /// The job.
        pub job_id: Option<JobId>,
        /// The kind, such as Skills.
        pub candidate_attribute_type_id: Option<CandidateAttributeTypeId>,
        /// The name.
        pub name: Option<String>,
        /// Whether it is in use.
        pub active: Option<bool>,
        /// Its place among those of its kind.
        pub sort_order: Option<i64>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

pub(in crate::api) const LIST: Route = Route::get(
    "/v3/job_candidate_attributes",
    "harvest:job_candidate_attributes:list",
);
