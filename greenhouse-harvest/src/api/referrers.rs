use chrono::{DateTime, Utc};
use greenhouse_core::UserId;

use super::{filter::filter, ids::ReferrerId, row::row};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// Lists people who referred candidates with `GET /v3/referrers` (filters documented, rows in
    /// the official description).
    pub fn referrers(&self, filter: &ReferrerFilter) -> List<Referrer> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for referrers (documented).
    pub struct ReferrerFilter of ReferrerId {
        /// Filters by user.
        user_ids: [UserId],
    }
}

row! {
    /// Person who referred candidates (official description). Applications contain the referrer's
    /// id, not the user's (documented).
    pub struct Referrer {
        /// Id.
        pub id: ReferrerId,
        /// Name.
        pub name: Option<String>,
        /// User, if the referrer is a user.
        pub user_id: Option<UserId>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

const LIST: Route = Route::get("/v3/referrers", "harvest:referrers:list");
