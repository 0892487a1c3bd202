use chrono::{DateTime, Utc};

use super::{filter::filter, ids::UserRoleId, row::row, words::words};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// Lists user roles with `GET /v3/user_roles` (official description). This is the cheapest call
    /// to check that a token is accepted, because even a 403 proves it.
    pub fn user_roles(&self, filter: &UserRoleFilter) -> List<UserRole> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for user roles (official description).
    pub struct UserRoleFilter of UserRoleId {}
}

row! {
    /// User role (official description).
    pub struct UserRole {
        /// Id.
        pub id: UserRoleId,
        /// Permissions of the role.
        pub role_type: Option<UserRoleType>,
        /// Name.
        pub name: Option<String>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Permissions of a role (official description).
    pub enum UserRoleType {
        /// Interviewer; no longer assigned.
        DeprecatedInterviewer = "deprecated_interviewer",
        /// Access to certain jobs.
        JobAdmin = "job_admin",
        /// Full access.
        SiteAdmin = "site_admin",
    }
}

const LIST: Route = Route::get("/v3/user_roles", "harvest:user_roles:list");
