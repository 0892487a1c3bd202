use greenhouse_core::SourceId;

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
    pub struct Source {
        /// The id.
        pub id: SourceId,
        /// The name.
        pub name: Option<String>,
        /// The kind that Greenhouse counts it among.
        pub kind = "type": Option<SourceType>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

part! {
    /// A kind of sources (official description).
    pub struct SourceType {
        /// The id.
        pub id: Option<i64>,
        /// The name.
        pub name: Option<String>,
    }
}

const LIST: Route = Route::get("/v3/sources", "harvest:sources:list");
