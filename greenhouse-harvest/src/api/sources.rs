use chrono::{DateTime, Utc};

use super::{
    filter::filter,
    row::{part, row},
};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/sources`: where applications come from (official description).
    pub fn sources(&self, filter: &SourceFilter) -> List<Source> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which sources to list (official description). There is no filter by name.
    pub struct SourceFilter of SourceId {}
}

row! {
    /// Where applications come from (official description).
    pub struct Source of SourceId {
        /// The name.
        name: String,
        /// The kind that Greenhouse counts it among.
        kind = "type": SourceType,
        /// When it was made.
        created_at: DateTime<Utc>,
        /// When it was last changed.
        updated_at: DateTime<Utc>,
    }
}

part! {
    /// A kind of sources (official description).
    pub struct SourceType {
        /// The id.
        id: i64,
        /// The name.
        name: String,
    }
}

const LIST: Route = Route::get("/v3/sources", "harvest:sources:list");
