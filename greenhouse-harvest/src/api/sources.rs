use greenhouse_core::SourceId;

use chrono::{DateTime, Utc};

use super::{
    filter::filter,
    row::{part, row},
};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// Lists sources of applications with `GET /v3/sources` (official description).
    pub fn sources(&self, filter: &SourceFilter) -> List<Source> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for sources (official description). Filtering by name is not possible.
    pub struct SourceFilter of SourceId {}
}

row! {
    /// Source of applications (official description).
    pub struct Source {
        /// Id.
        pub id: SourceId,
        /// Name.
        pub name: Option<String>,
        /// Kind of source.
        pub kind = "type": Option<SourceType>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

part! {
    /// Kind of a source (official description).
    pub struct SourceType {
        /// Id.
        pub id: Option<i64>,
        /// Name.
        pub name: Option<String>,
    }
}

const LIST: Route = Route::get("/v3/sources", "harvest:sources:list");
