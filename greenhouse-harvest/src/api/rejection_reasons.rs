use chrono::{DateTime, Utc};

use super::{
    filter::filter,
    ids::RejectionReasonId,
    row::{part, row},
    words::words,
};
use crate::{Error, HarvestClient, List, Route, client::Call};

impl HarvestClient {
    /// `GET /v3/rejection_reasons` (filters documented, rows in the official description).
    pub fn rejection_reasons(&self, filter: &RejectionReasonFilter) -> List<RejectionReason> {
        List::new(self, LIST, &filter.query)
    }

    /// `GET /v3/rejection_reasons/{id}`: with bulk requests the one record that can be read by its id (official description,
    /// observed live). Its scope is inferred to be that of the list.
    ///
    /// # Errors
    ///
    /// Those of a read, and [`Error::Decode`].
    pub async fn rejection_reason(&self, id: RejectionReasonId) -> Result<RejectionReason, Error> {
        self.read(&Call::on(self, ONE, id)).await
    }
}

filter! {
    /// Which reasons to list (documented).
    pub struct RejectionReasonFilter of RejectionReasonId {
        /// Whether Greenhouse's own are among them; whether they are without it is unknown.
        include_defaults: bool,
    }
}

row! {
    /// A reason to reject (official description).
    pub struct RejectionReason {
        /// The id.
        pub id: RejectionReasonId,
        /// The name.
        pub name: Option<String>,
        /// The kind.
        pub kind = "type": Option<RejectionReasonType>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

part! {
    /// A kind of reasons (official description).
    pub struct RejectionReasonType {
        /// The id.
        pub id: Option<i64>,
        /// What it is.
        pub key: Option<RejectionReasonKey>,
        /// The name.
        pub name: Option<String>,
    }
}

words! {
    /// What a kind of reasons is (documented).
    pub enum RejectionReasonKey {
        /// The company rejected.
        WeRejectedThem = "WE_REJECTED_THEM",
        /// The candidate withdrew.
        TheyRejectedUs = "THEY_REJECTED_US",
        /// Not told.
        NoneSpecified = "NONE_SPECIFIED",
        /// A matter of security.
        SecurityConcern = "SECURITY_CONCERN",
    }
}

const LIST: Route = Route::get("/v3/rejection_reasons", "harvest:rejection_reasons:list");
const ONE: Route = Route::get(
    "/v3/rejection_reasons/{id}",
    "harvest:rejection_reasons:list",
);
