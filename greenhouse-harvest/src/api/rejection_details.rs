use chrono::{DateTime, Utc};
use greenhouse_core::{ApplicationId, UserId};

use super::{
    CustomFields,
    body::body,
    filter::filter,
    ids::{CustomFieldOptionId, NoteId, RejectionDetailId, RejectionReasonId},
    row::row,
};
use crate::{Error, HarvestClient, List, Route, client::Call};

impl HarvestClient {
    /// `GET /v3/rejection_details` (filters documented, rows in the official description). The list may lag behind the
    /// `status` of the application for a moment (one client).
    pub fn rejection_details(&self, filter: &RejectionDetailFilter) -> List<RejectionDetail> {
        List::new(self, LIST, &filter.query)
    }

    /// `PATCH /v3/rejection_details/{id}` (documented): gives a rejection another reason. That `rejection_reason_id` is what
    /// it takes is known from one client; that it answers the row is inferred.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn update_rejection_detail(
        &self,
        id: RejectionDetailId,
        update: &UpdateRejectionDetail,
    ) -> Result<RejectionDetail, Error> {
        let call = Call::on(self, UPDATE, id).with_body(update)?;
        self.write(&call).await
    }
}

filter! {
    /// Which rejections to list (documented).
    pub struct RejectionDetailFilter of RejectionDetailId {
        /// Of these applications.
        application_ids: [ApplicationId],
        /// For these reasons.
        rejection_reason_ids: [RejectionReasonId],
        /// For which this choice of a question was made.
        custom_field_option_id: CustomFieldOptionId,
    }
}

row! {
    /// What is known of one rejection (official description). Debug shows the id only.
    pub struct RejectionDetail {
        /// The id.
        pub id: RejectionDetailId,
        /// The application.
        pub application_id: Option<ApplicationId>,
        /// When it was rejected.
        pub rejected_at: Option<DateTime<Utc>>,
        /// Who rejected it; none where it happened by itself (documented).
        pub rejected_by_id: Option<UserId>,
        /// Why.
        pub rejection_reason_id: Option<RejectionReasonId>,
        /// The note that says more.
        pub rejection_note_id: Option<NoteId>,
        /// The answers to the questions that were asked of whoever rejected it.
        pub question_custom_fields: Option<CustomFields>,
        /// When it was entered.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

body! {
    /// What to change of a rejection.
    #[derive(Debug, Eq)]
    pub struct UpdateRejectionDetail, pub fn new {
        required {
            /// The reason.
            rejection_reason_id: RejectionReasonId,
        }
    }
}

const LIST: Route = Route::get("/v3/rejection_details", "harvest:rejection_details:list");
const UPDATE: Route = Route::patch(
    "/v3/rejection_details/{id}",
    "harvest:rejection_details:update",
);
