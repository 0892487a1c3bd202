use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{filter::filter, ids::CandidateTagId, row::row};
use crate::{Error, HarvestClient, List, Route, client::Call};

impl HarvestClient {
    /// Lists the tags that candidates can have with `GET /v3/candidate_tags` (official
    /// description).
    pub fn candidate_tags(&self, filter: &CandidateTagFilter) -> List<CandidateTag> {
        List::new(self, LIST, &filter.query)
    }

    /// Creates a tag with `POST /v3/candidate_tags` (one client only). The response for a duplicate
    /// name is unknown.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn create_candidate_tag(&self, name: &str) -> Result<CandidateTag, Error> {
        self.write(&Call::of(self, CREATE).with_body(&NewCandidateTag { name })?)
            .await
    }
}

filter! {
    /// Filter for tags (official description). Filtering by name is not possible.
    pub struct CandidateTagFilter of CandidateTagId {}
}

row! {
    /// Tag that candidates can have (official description).
    pub struct CandidateTag {
        /// Id.
        pub id: CandidateTagId,
        /// Name.
        pub name: Option<String>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

#[derive(Serialize)]
struct NewCandidateTag<'a> {
    name: &'a str,
}

const LIST: Route = Route::get("/v3/candidate_tags", "harvest:candidate_tags:list");
const CREATE: Route = Route::post("/v3/candidate_tags", "harvest:candidate_tags:create");
