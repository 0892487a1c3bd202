use chrono::{DateTime, Utc};

use super::{filter::filter, ids::UserRoleId, row::row, words::words};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/user_roles` (official description). The cheapest call to see whether a token is taken: even a 403 proves it.
    pub fn user_roles(&self, filter: &UserRoleFilter) -> List<UserRole> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which roles to list (official description).
    pub struct UserRoleFilter of UserRoleId {}
}

row! {
    /// A role that users can have (official description).
    pub struct UserRole {
        /// The id.
        pub id: UserRoleId,
        /// What it allows.
        pub role_type: Option<UserRoleType>,
        /// The name.
        pub name: Option<String>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// What a role allows (official description).
    pub enum UserRoleType {
        /// To interview; no longer given.
        DeprecatedInterviewer = "deprecated_interviewer",
        /// To work on certain jobs.
        JobAdmin = "job_admin",
        /// Everything.
        SiteAdmin = "site_admin",
    }
}

const LIST: Route = Route::get("/v3/user_roles", "harvest:user_roles:list");
