use chrono::{DateTime, Utc};

use super::{
    filter::filter,
    ids::RejectionReasonId,
    row::{part, row},
    words::words,
};
use crate::{Error, HarvestClient, List, Route, client::Call};

impl HarvestClient {
    /// Lists rejection reasons with `GET /v3/rejection_reasons` (filters documented, rows in the
    /// official description).
    pub fn rejection_reasons(&self, filter: &RejectionReasonFilter) -> List<RejectionReason> {
        List::new(self, LIST, &filter.query)
    }

    /// Reads a rejection reason with `GET /v3/rejection_reasons/{id}`. Apart from bulk requests,
    /// this is the only record that can be read by id (official description, observed live). The
    /// required scope is the same as for the list (inferred).
    ///
    /// # Errors
    ///
    /// [`Error`] if the read fails.
    pub async fn rejection_reason(&self, id: RejectionReasonId) -> Result<RejectionReason, Error> {
        self.read(&Call::on(self, ONE, id)).await
    }
}

filter! {
    /// Filter for rejection reasons (documented).
    pub struct RejectionReasonFilter of RejectionReasonId {
        /// Sets whether the list includes Greenhouse's own reasons. The default is unknown.
        include_defaults: bool,
    }
}

row! {
    /// Reason for rejection (official description).
    pub struct RejectionReason {
        /// Id.
        pub id: RejectionReasonId,
        /// Name.
        pub name: Option<String>,
        /// Kind.
        pub kind = "type": Option<RejectionReasonType>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

part! {
    /// Kind of a rejection reason (official description).
    pub struct RejectionReasonType {
        /// Id.
        pub id: Option<i64>,
        /// Key of the kind.
        pub key: Option<RejectionReasonKey>,
        /// Name.
        pub name: Option<String>,
    }
}

words! {
    /// Keys of the kinds of rejection reasons (documented).
    pub enum RejectionReasonKey {
        /// The company rejected the candidate.
        WeRejectedThem = "WE_REJECTED_THEM",
        /// The candidate withdrew.
        TheyRejectedUs = "THEY_REJECTED_US",
        /// Not specified.
        NoneSpecified = "NONE_SPECIFIED",
        /// A security concern.
        SecurityConcern = "SECURITY_CONCERN",
    }
}

pub(super) const LIST: Route =
    Route::get("/v3/rejection_reasons", "harvest:rejection_reasons:list");
const ONE: Route = Route::get(
    "/v3/rejection_reasons/{id}",
    "harvest:rejection_reasons:list",
);
