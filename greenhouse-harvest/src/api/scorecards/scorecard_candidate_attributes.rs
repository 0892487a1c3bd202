use std::fmt;

use chrono::{DateTime, Utc};
use greenhouse_core::{JobCandidateAttributeId, ScorecardCandidateAttributeId, ScorecardId};
use serde::Serialize;

use super::{AttributeRating, filter::filter, row::row};
use crate::{Error, HarvestClient, List, Route, client::Call};

impl HarvestClient {
    /// `GET /v3/scorecard_candidate_attributes`: how scorecards rate single attributes (filters documented, rows in the
    /// official description).
    pub fn scorecard_candidate_attributes(
        &self,
        filter: &ScorecardCandidateAttributeFilter,
    ) -> List<ScorecardCandidateAttribute> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/scorecard_candidate_attributes`. Restricted (official description): most credentials are refused. Body and
    /// answer are not public and inferred from the row.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_scorecard_candidate_attribute(
        &self,
        new: &NewScorecardCandidateAttribute,
    ) -> Result<ScorecardCandidateAttribute, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write(&call).await
    }

    /// `PATCH /v3/scorecard_candidate_attributes/{id}`. Restricted (official description): most credentials are refused. Body
    /// and answer are not public and inferred from the row.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn update_scorecard_candidate_attribute(
        &self,
        id: ScorecardCandidateAttributeId,
        update: &ScorecardCandidateAttributeUpdate,
    ) -> Result<ScorecardCandidateAttribute, Error> {
        let call = Call::on(self, UPDATE, id).with_body(update)?;
        self.write(&call).await
    }
}

filter! {
    /// Which ratings to list (documented).
    pub struct ScorecardCandidateAttributeFilter of ScorecardCandidateAttributeId {
        /// On these scorecards.
        scorecard_ids: [ScorecardId],
        /// Of these attributes.
        job_candidate_attribute_ids: [JobCandidateAttributeId],
    }
}

row! {
    /// The rating of one attribute on one scorecard (official description). Debug shows the id only.
    pub struct ScorecardCandidateAttribute of ScorecardCandidateAttributeId {
        /// The scorecard.
        scorecard_id: ScorecardId,
        /// The attribute, which has its name.
        job_candidate_attribute_id: JobCandidateAttributeId,
        /// The rating.
        candidate_attribute_rating: AttributeRating,
        /// What the interviewer wrote about it.
        note: String,
        /// When it was made.
        created_at: DateTime<Utc>,
        /// When it was last changed.
        updated_at: DateTime<Utc>,
    }
}

/// A rating to write. Its members are those of the row (inferred). Debug withholds the note.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NewScorecardCandidateAttribute {
    /// The scorecard.
    pub scorecard_id: ScorecardId,
    /// An attribute of the scorecard's job.
    pub job_candidate_attribute_id: JobCandidateAttributeId,
    /// The rating.
    pub candidate_attribute_rating: AttributeRating,
    /// What to say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl NewScorecardCandidateAttribute {
    /// A rating without a note.
    pub fn new(
        scorecard_id: ScorecardId,
        job_candidate_attribute_id: JobCandidateAttributeId,
        rating: impl Into<AttributeRating>,
    ) -> Self {
        Self {
            scorecard_id,
            job_candidate_attribute_id,
            candidate_attribute_rating: rating.into(),
            note: None,
        }
    }
}

impl fmt::Debug for NewScorecardCandidateAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewScorecardCandidateAttribute")
            .field("scorecard_id", &self.scorecard_id)
            .field(
                "job_candidate_attribute_id",
                &self.job_candidate_attribute_id,
            )
            .finish_non_exhaustive()
    }
}

/// What to change of a rating; what is none stays (inferred). Debug shows nothing.
#[derive(Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScorecardCandidateAttributeUpdate {
    /// The rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate_attribute_rating: Option<AttributeRating>,
    /// What to say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl ScorecardCandidateAttributeUpdate {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl fmt::Debug for ScorecardCandidateAttributeUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScorecardCandidateAttributeUpdate")
            .finish_non_exhaustive()
    }
}

const LIST: Route = Route::get(
    "/v3/scorecard_candidate_attributes",
    "harvest:scorecard_candidate_attributes:list",
);
const CREATE: Route = Route::post(
    "/v3/scorecard_candidate_attributes",
    "harvest:scorecard_candidate_attributes:create",
);
const UPDATE: Route = Route::patch(
    "/v3/scorecard_candidate_attributes/{id}",
    "harvest:scorecard_candidate_attributes:update",
);
