use chrono::{DateTime, Utc};
use greenhouse_core::UserId;

use super::{filter::filter, row::row};
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
    pub struct UserEmail of UserEmailId {
        /// The user.
        user_id: UserId,
        /// The address.
        email: String,
        /// Whether the user has shown that it is theirs.
        verified: bool,
        /// When the user was asked to show it.
        verification_token_sent_at: DateTime<Utc>,
        /// When it was entered.
        created_at: DateTime<Utc>,
        /// When it was last changed.
        updated_at: DateTime<Utc>,
    }
}

const LIST: Route = Route::get("/v3/user_emails", "harvest:user_emails:list");
