use std::fmt;

use chrono::{DateTime, Utc};

use super::{AttributeRating, body::body, filter::filter, row::row};
use crate::{
    Error, HarvestClient, List, Route,
    api::{JobCandidateAttributeId, ScorecardCandidateAttributeId, ScorecardId},
    client::Call,
};

impl HarvestClient {
    /// Lists ratings of single attributes on scorecards with `GET
    /// /v3/scorecard_candidate_attributes` (filters documented, rows in the official description).
    pub fn scorecard_candidate_attributes(
        &self,
        filter: &ScorecardCandidateAttributeFilter,
    ) -> List<ScorecardCandidateAttribute> {
        List::new(self, LIST, &filter.query)
    }

    /// Creates a rating with `POST /v3/scorecard_candidate_attributes`. The call is restricted
    /// (official description), so most credentials are refused. The body and the response are not
    /// public; they are inferred from the row.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn create_scorecard_candidate_attribute(
        &self,
        new: &NewScorecardCandidateAttribute,
    ) -> Result<ScorecardCandidateAttribute, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write(&call).await
    }

    /// Updates a rating with `PATCH /v3/scorecard_candidate_attributes/{id}`. The call is
    /// restricted (official description), so most credentials are refused. The body and the
    /// response are not public; they are inferred from the row.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn update_scorecard_candidate_attribute(
        &self,
        id: ScorecardCandidateAttributeId,
        update: &UpdateScorecardCandidateAttribute,
    ) -> Result<ScorecardCandidateAttribute, Error> {
        let call = Call::on(self, UPDATE, id).with_body(update)?;
        self.write(&call).await
    }
}

filter! {
    /// Filter for ratings (documented).
    pub struct ScorecardCandidateAttributeFilter of ScorecardCandidateAttributeId {
        /// Filters by scorecard.
        scorecard_ids: [ScorecardId],
        /// Filters by attribute.
        job_candidate_attribute_ids: [JobCandidateAttributeId],
    }
}

row! {
    /// Rating of one attribute on one scorecard (official description). `Debug` shows only the id.
    pub struct ScorecardCandidateAttribute {
        /// Id.
        pub id: ScorecardCandidateAttributeId,
        /// Scorecard.
        pub scorecard_id: Option<ScorecardId>,
        /// Attribute. Its row contains the name.
        pub job_candidate_attribute_id: Option<JobCandidateAttributeId>,
        /// Rating.
        pub candidate_attribute_rating: Option<AttributeRating>,
        /// Note on the rating.
        pub note: Option<String>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

body! {
    /// New rating of an attribute. Its members are those of the row (inferred). `Debug` withholds
    /// the note.
    pub struct NewScorecardCandidateAttribute, pub fn new {
        required {
            /// Scorecard.
            scorecard_id: ScorecardId,
            /// Attribute of the scorecard's job.
            job_candidate_attribute_id: JobCandidateAttributeId,
            /// Rating.
            candidate_attribute_rating: AttributeRating,
        }
        optional {
            /// Note on the rating.
            note: String,
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

body! {
    /// Changes to a rating. `None` leaves a member unchanged (inferred). `Debug` shows nothing.
    #[derive(Default)]
    pub struct UpdateScorecardCandidateAttribute, pub fn new {
        optional {
            /// Rating.
            candidate_attribute_rating: AttributeRating,
            /// Note on the rating.
            note: String,
        }
    }
}

impl fmt::Debug for UpdateScorecardCandidateAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateScorecardCandidateAttribute")
            .finish_non_exhaustive()
    }
}

pub(in crate::api) const LIST: Route = Route::get(
    "/v3/scorecard_candidate_attributes",
    "harvest:scorecard_candidate_attributes:list",
);
pub(in crate::api) const CREATE: Route = Route::post(
    "/v3/scorecard_candidate_attributes",
    "harvest:scorecard_candidate_attributes:create",
);
const UPDATE: Route = Route::patch(
    "/v3/scorecard_candidate_attributes/{id}",
    "harvest:scorecard_candidate_attributes:update",
);
