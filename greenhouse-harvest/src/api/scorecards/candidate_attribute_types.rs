use chrono::{DateTime, Utc};
use greenhouse_core::JobId;

use super::{filter::filter, row::row};
use crate::{HarvestClient, List, Route};

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
    pub struct CandidateAttributeType of CandidateAttributeTypeId {
        /// The job.
        job_id: JobId,
        /// The name.
        name: String,
        /// Its place among the job's.
        sort_order: i64,
        /// Whether it is in use.
        active: bool,
        /// Whether it is a draft.
        is_draft: bool,
        /// When it was made.
        created_at: DateTime<Utc>,
        /// When it was last changed.
        updated_at: DateTime<Utc>,
    }
}

const LIST: Route = Route::get(
    "/v3/candidate_attribute_types",
    "harvest:candidate_attribute_types:list",
);
