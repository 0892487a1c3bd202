use chrono::{DateTime, Utc};
use greenhouse_core::UserId;

use super::{filter::filter, ids::ReferrerId, row::row};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/referrers`: who referred candidates (filters documented, rows in the official description).
    pub fn referrers(&self, filter: &ReferrerFilter) -> List<Referrer> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which referrers to list (documented).
    pub struct ReferrerFilter of ReferrerId {
        /// Who are these users.
        user_ids: [UserId],
    }
}

row! {
    /// Who referred candidates (official description). Applications name the referrer's id, not the user's (documented).
    pub struct Referrer {
        /// The id.
        pub id: ReferrerId,
        /// The name.
        pub name: Option<String>,
        /// The user, where the referrer is one.
        pub user_id: Option<UserId>,
        /// When it was entered.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

const LIST: Route = Route::get("/v3/referrers", "harvest:referrers:list");
