use std::fmt;

use greenhouse_core::UserId;
use serde::Deserialize;

use crate::{HarvestClient, Pages, Route, client::Call};

impl HarvestClient {
    /// `GET /v3/users`, service accounts and deactivated ones included (official description).
    pub fn users(&self, filter: &UserFilter) -> Pages<User> {
        let mut query = vec![("show_service_accounts", "true".to_owned())];
        if !filter.ids.is_empty() {
            query.push(("ids", super::ids(&filter.ids)));
        }
        Pages::new(self, Call::of(self, LIST).with_query(query))
    }
}

/// Which users to list.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct UserFilter {
    /// With these ids, at most 50.
    pub ids: Vec<UserId>,
}

impl UserFilter {
    /// Users with these ids, at most 50.
    pub fn ids(ids: Vec<UserId>) -> Self {
        Self { ids }
    }
}

/// A user of Greenhouse. Debug shows no personal data.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether the user can no longer do anything.
    #[serde(default)]
    pub deactivated: Option<bool>,
    /// Whether the user sees everything.
    #[serde(default)]
    pub site_admin: Option<bool>,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("deactivated", &self.deactivated)
            .field("site_admin", &self.site_admin)
            .finish_non_exhaustive()
    }
}

pub(super) const LIST: Route = Route::get("/v3/users", "harvest:users:list");
