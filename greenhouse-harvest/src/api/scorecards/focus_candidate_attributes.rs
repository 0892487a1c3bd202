use chrono::{DateTime, Utc};
use greenhouse_core::InterviewKitId;

use super::{filter::filter, row::row};
use crate::{
    HarvestClient, List, Route,
    api::{FocusCandidateAttributeId, JobCandidateAttributeId},
};

impl HarvestClient {
    /// `GET /v3/focus_candidate_attributes`: which attributes an interview looks at in particular (filters documented, rows in
    /// the official description).
    pub fn focus_candidate_attributes(
        &self,
        filter: &FocusCandidateAttributeFilter,
    ) -> List<FocusCandidateAttribute> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which of them to list (documented).
    pub struct FocusCandidateAttributeFilter of FocusCandidateAttributeId {
        /// Of these interview kits.
        interview_kit_ids: [InterviewKitId],
        /// These attributes.
        job_candidate_attribute_ids: [JobCandidateAttributeId],
    }
}

row! {
    /// An attribute that an interview looks at in particular (official description).
    pub struct FocusCandidateAttribute {
        /// The id.
        pub id: FocusCandidateAttributeId,
        /// The interview kit.
        pub interview_kit_id: Option<InterviewKitId>,
        /// The attribute.
        pub job_candidate_attribute_id: Option<JobCandidateAttributeId>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

const LIST: Route = Route::get(
    "/v3/focus_candidate_attributes",
    "harvest:focus_candidate_attributes:list",
);
