use chrono::{DateTime, Utc};
use greenhouse_core::JobId;

use super::{filter::filter, row::row};
use crate::{
    HarvestClient, List, Route,
    api::{CandidateAttributeTypeId, JobCandidateAttributeId},
};

impl HarvestClient {
    /// Lists the attributes that a job's scorecards rate with `GET /v3/job_candidate_attributes`
    /// (filters documented, rows in the official description). The API has no call that creates an
    /// attribute (official description).
    pub fn job_candidate_attributes(
        &self,
        filter: &JobCandidateAttributeFilter,
    ) -> List<JobCandidateAttribute> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for attributes (documented).
    pub struct JobCandidateAttributeFilter of JobCandidateAttributeId {
        /// Filters by job.
        job_ids: [JobId],
        /// Filters by kind.
        candidate_attribute_type_ids: [CandidateAttributeTypeId],
        /// Filters by whether the attribute is in use. Default: both.
        active: bool,
    }
}

row! {
    /// Attribute that a job's scorecards rate (official description).
    pub struct JobCandidateAttribute {
        /// Id.
        pub id: JobCandidateAttributeId,
        /// Job.
        pub job_id: Option<JobId>,
        /// Kind, such as Skills.
        pub candidate_attribute_type_id: Option<CandidateAttributeTypeId>,
        /// Name.
        pub name: Option<String>,
        /// `true` if the attribute is in use.
        pub active: Option<bool>,
        /// Position among the attributes of its kind.
        pub sort_order: Option<i64>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

pub(in crate::api) const LIST: Route = Route::get(
    "/v3/job_candidate_attributes",
    "harvest:job_candidate_attributes:list",
);
