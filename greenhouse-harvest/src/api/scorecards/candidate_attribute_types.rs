use chrono::{DateTime, Utc};
use greenhouse_core::JobId;

use super::{filter::filter, row::row};
use crate::{HarvestClient, List, Route, api::CandidateAttributeTypeId};

impl HarvestClient {
    /// Lists kinds of job attributes with `GET /v3/candidate_attribute_types` (filters documented,
    /// rows in the official description).
    pub fn candidate_attribute_types(
        &self,
        filter: &CandidateAttributeTypeFilter,
    ) -> List<CandidateAttributeType> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for kinds of attributes (documented). Filtering by job is not possible.
    pub struct CandidateAttributeTypeFilter of CandidateAttributeTypeId {
        /// Filters by whether the kind is in use. Default: both.
        active: bool,
        /// Filters by whether the kind is a draft. Default: both.
        is_draft: bool,
    }
}

row! {
    /// Kind of job attribute, such as Skills (official description).
    pub struct CandidateAttributeType {
        /// Id.
        pub id: CandidateAttributeTypeId,
        /// Job.
        pub job_id: Option<JobId>,
        /// Name.
        pub name: Option<String>,
        /// Position among the job's kinds.
        pub sort_order: Option<i64>,
        /// `true` if the kind is in use.
        pub active: Option<bool>,
        /// `true` if the kind is a draft.
        pub is_draft: Option<bool>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

const LIST: Route = Route::get(
    "/v3/candidate_attribute_types",
    "harvest:candidate_attribute_types:list",
);
