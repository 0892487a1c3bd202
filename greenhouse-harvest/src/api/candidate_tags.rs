use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{filter::filter, ids::CandidateTagId, row::row};
use crate::{Error, HarvestClient, List, Route, client::Call};

impl HarvestClient {
    /// `GET /v3/candidate_tags`: the tags that candidates can have (official description).
    pub fn candidate_tags(&self, filter: &CandidateTagFilter) -> List<CandidateTag> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/candidate_tags`: makes a tag (one client only). What a second one of the same name leads to is unknown.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_candidate_tag(&self, name: &str) -> Result<CandidateTag, Error> {
        self.write(&Call::of(self, CREATE).with_body(&NewCandidateTag { name })?)
            .await
    }
}

filter! {
    /// Which tags to list (official description). There is no filter by name.
    pub struct CandidateTagFilter of CandidateTagId {}
}

row! {
    /// A tag that candidates can have (official description).
    pub struct CandidateTag {
        /// The id.
        pub id: CandidateTagId,
        /// The name.
        pub name: Option<String>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

#[derive(Serialize)]
struct NewCandidateTag<'a> {
    name: &'a str,
}

const LIST: Route = Route::get("/v3/candidate_tags", "harvest:candidate_tags:list");
const CREATE: Route = Route::post("/v3/candidate_tags", "harvest:candidate_tags:create");
