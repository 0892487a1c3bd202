use chrono::{DateTime, Utc};
use greenhouse_core::JobId;

use super::{filter::filter, row::row};
use crate::{HarvestClient, List, Route, api::CandidateAttributeTypeId};

impl HarvestClient {
    /// `GET /v3/candidate_attribute_types`: the kinds of attributes of jobs (filters documented, rows in the official
    /// description).
    pub fn candidate_attribute_types(
        &self,
        filter: &CandidateAttributeTypeFilter,
    ) -> List<CandidateAttributeType> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which kinds to list (documented). There is no filter by job.
    pub struct CandidateAttributeTypeFilter of CandidateAttributeTypeId {
        /// Whether they are in use; without it, both kinds.
        active: bool,
        /// Whether they are drafts; without it, both kinds.
        is_draft: bool,
    }
}

row! {
    /// A kind of attributes of a job, such as Skills (official description).
    pub struct CandidateAttributeType {
        /// The id.
        pub id: CandidateAttributeTypeId,
        /// The job.
        pub job_id: Option<JobId>,
        /// The name.
        pub name: Option<String>,
        /// Its place among the job's.
        pub sort_order: Option<i64>,
        /// Whether it is in use.
        pub active: Option<bool>,
        /// Whether it is a draft.
        pub is_draft: Option<bool>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

const LIST: Route = Route::get(
    "/v3/candidate_attribute_types",
    "harvest:candidate_attribute_types:list",
);
