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
    /// `GET /v3/applied_candidate_tags`: which candidate has which tag (official description).
    pub fn applied_candidate_tags(
        &self,
        filter: &AppliedCandidateTagFilter,
    ) -> List<AppliedCandidateTag> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/applied_candidate_tags`: gives a candidate a tag (observed live). What a tag that the candidate has already
    /// leads to is unknown.
    ///
    /// # Errors
    ///
    /// Those of a write.
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

    /// `DELETE /v3/applied_candidate_tags/{id}`: takes a tag from a candidate (one client only). The id is that of the row,
    /// neither the tag's nor the candidate's.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn remove_candidate_tag(&self, applied: AppliedCandidateTagId) -> Result<(), Error> {
        self.carry_out(&Call::on(self, DELETE, applied)).await
    }
}

filter! {
    /// Which rows to list (official description).
    pub struct AppliedCandidateTagFilter of AppliedCandidateTagId {
        /// Of these candidates.
        candidate_ids: [CandidateId],
        /// Of these tags.
        candidate_tag_ids: [CandidateTagId],
    }
}

row! {
    /// That a candidate has a tag (official description).
    pub struct AppliedCandidateTag {
        /// The id.
        pub id: AppliedCandidateTagId,
        /// The candidate.
        pub candidate_id: Option<CandidateId>,
        /// The tag.
        pub candidate_tag_id: Option<CandidateTagId>,
        /// When it was given.
        pub created_at: Option<DateTime<Utc>>,
        /// When the row last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

/// `tag` and `tag_id` are refused (observed live).
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
