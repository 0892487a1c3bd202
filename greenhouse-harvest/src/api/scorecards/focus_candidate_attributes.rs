use chrono::{DateTime, Utc};
use greenhouse_core::InterviewKitId;

use super::{filter::filter, row::row};
use crate::{
    HarvestClient, List, Route,
    api::{FocusCandidateAttributeId, JobCandidateAttributeId},
};

impl HarvestClient {
    /// Lists the attributes on which an interview focuses with `GET /v3/focus_candidate_attributes`
    /// (filters documented, rows in the official description).
    pub fn focus_candidate_attributes(
        &self,
        filter: &FocusCandidateAttributeFilter,
    ) -> List<FocusCandidateAttribute> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for focus attributes (documented).
    pub struct FocusCandidateAttributeFilter of FocusCandidateAttributeId {
        /// Filters by interview kit.
        interview_kit_ids: [InterviewKitId],
        /// Filters by attribute.
        job_candidate_attribute_ids: [JobCandidateAttributeId],
    }
}

row! {
    /// Attribute on which an interview focuses (official description).
    pub struct FocusCandidateAttribute {
        /// Id.
        pub id: FocusCandidateAttributeId,
        /// Interview kit.
        pub interview_kit_id: Option<InterviewKitId>,
        /// Attribute.
        pub job_candidate_attribute_id: Option<JobCandidateAttributeId>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

const LIST: Route = Route::get(
    "/v3/focus_candidate_attributes",
    "harvest:focus_candidate_attributes:list",
);
