use chrono::{DateTime, Utc};
use greenhouse_core::UserId;

use super::{filter::filter, ids::UserEmailId, row::row};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/user_emails`: every address of users, where rows of users are sure of the primary one only (official
    /// description).
    pub fn user_emails(&self, filter: &UserEmailFilter) -> List<UserEmail> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which addresses of users to list (official description).
    pub struct UserEmailFilter of UserEmailId {
        /// Of these users.
        user_ids: [UserId],
        /// These addresses.
        emails = "email": [String],
        /// Whether they are verified; without it, both kinds.
        verified: bool,
        /// Asked to be verified then.
        verification_token_sent_at: TimeRange,
    }
}

row! {
    /// An address of a user (official description). Debug shows the id only.
    pub struct UserEmail {
        /// The id.
        pub id: UserEmailId,
        /// The user.
        pub user_id: Option<UserId>,
        /// The address.
        pub email: Option<String>,
        /// Whether the user has shown that it is theirs.
        pub verified: Option<bool>,
        /// When the user was asked to show it.
        pub verification_token_sent_at: Option<DateTime<Utc>>,
        /// When it was entered.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

const LIST: Route = Route::get("/v3/user_emails", "harvest:user_emails:list");
