use chrono::{DateTime, Utc};
use greenhouse_core::UserId;

use super::{filter::filter, ids::UserEmailId, row::row};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// Lists all email addresses of users with `GET /v3/user_emails`. User rows reliably contain
    /// only the primary address (official description).
    pub fn user_emails(&self, filter: &UserEmailFilter) -> List<UserEmail> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for email addresses of users (official description).
    pub struct UserEmailFilter of UserEmailId {
        /// Filters by user.
        user_ids: [UserId],
        /// Filters by address.
        emails = "email": [String],
        /// Filters by whether the address is verified. Default: both.
        verified: bool,
        /// Filters by the time of the verification request.
        verification_token_sent_at: TimeRange,
    }
}

row! {
    /// Email address of a user (official description). `Debug` shows only the id.
    pub struct UserEmail {
        /// Id.
        pub id: UserEmailId,
        /// User.
        pub user_id: Option<UserId>,
        /// Address.
        pub email: Option<String>,
        /// `true` if the user has verified the address.
        pub verified: Option<bool>,
        /// Time of the verification request.
        pub verification_token_sent_at: Option<DateTime<Utc>>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

const LIST: Route = Route::get("/v3/user_emails", "harvest:user_emails:list");
