use chrono::{DateTime, Utc};
use greenhouse_core::CandidateId;
use serde::Serialize;

use super::{
    filter::filter,
    ids::{AppliedCandidateTagId, CandidateTagId},
    row::row,
};
use crate::{Error, HarvestClient, List, Route, client::Call};

impl HarvestClient {
    /// Lists the assignments of tags to candidates with `GET /v3/applied_candidate_tags` (official
    /// description).
    pub fn applied_candidate_tags(
        &self,
        filter: &AppliedCandidateTagFilter,
    ) -> List<AppliedCandidateTag> {
        List::new(self, LIST, &filter.query)
    }

    /// Adds a tag to a candidate with `POST /v3/applied_candidate_tags` (observed live). The
    /// response for a tag that the candidate already has is unknown.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn apply_candidate_tag(
        &self,
        candidate: CandidateId,
        tag: CandidateTagId,
    ) -> Result<AppliedCandidateTag, Error> {
        let body = NewAppliedCandidateTag {
            candidate_id: candidate,
            candidate_tag_id: tag,
        };
        self.write(&Call::of(self, CREATE).with_body(&body)?).await
    }

    /// Removes a tag from a candidate with `DELETE /v3/applied_candidate_tags/{id}` (one client
    /// only). `applied` is the id of the assignment, not of the tag or the candidate.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn remove_candidate_tag(&self, applied: AppliedCandidateTagId) -> Result<(), Error> {
        self.carry_out(&Call::on(self, DELETE, applied)).await
    }
}

filter! {
    /// Filter for assigned tags (official description).
    pub struct AppliedCandidateTagFilter of AppliedCandidateTagId {
        /// Filters by candidate.
        candidate_ids: [CandidateId],
        /// Filters by tag.
        candidate_tag_ids: [CandidateTagId],
    }
}

row! {
    /// Assignment of a tag to a candidate (official description).
    pub struct AppliedCandidateTag {
        /// Id.
        pub id: AppliedCandidateTagId,
        /// Candidate.
        pub candidate_id: Option<CandidateId>,
        /// Tag.
        pub candidate_tag_id: Option<CandidateTagId>,
        /// Time of the assignment.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

/// Body that adds a tag to a candidate. Greenhouse refuses the members `tag` and `tag_id` (observed
/// live).
#[derive(Serialize)]
struct NewAppliedCandidateTag {
    candidate_id: CandidateId,
    candidate_tag_id: CandidateTagId,
}

const LIST: Route = Route::get(
    "/v3/applied_candidate_tags",
    "harvest:applied_candidate_tags:list",
);
const CREATE: Route = Route::post(
    "/v3/applied_candidate_tags",
    "harvest:applied_candidate_tags:create",
);
const DELETE: Route = Route::delete(
    "/v3/applied_candidate_tags/{id}",
    "harvest:applied_candidate_tags:destroy",
);
