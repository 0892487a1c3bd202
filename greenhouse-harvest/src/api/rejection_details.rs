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
    /// Lists rejection details with `GET /v3/rejection_details` (filters documented, rows in the
    /// official description). The list may briefly lag behind the application's `status` (one
    /// client).
    pub fn rejection_details(&self, filter: &RejectionDetailFilter) -> List<RejectionDetail> {
        List::new(self, LIST, &filter.query)
    }

    /// Changes the reason for a rejection with `PATCH /v3/rejection_details/{id}` (documented). One
    /// client sends `rejection_reason_id`. The response is the row (inferred).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
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
    /// Filter for rejection details (documented).
    pub struct RejectionDetailFilter of RejectionDetailId {
        /// Filters by application.
        application_ids: [ApplicationId],
        /// Filters by reason.
        rejection_reason_ids: [RejectionReasonId],
        /// Filters by the selected option of a question.
        custom_field_option_id: CustomFieldOptionId,
    }
}

row! {
    /// Details of one rejection (official description). `Debug` shows only the id.
    pub struct RejectionDetail {
        /// Id.
        pub id: RejectionDetailId,
        /// Application.
        pub application_id: Option<ApplicationId>,
        /// Time of the rejection.
        pub rejected_at: Option<DateTime<Utc>>,
        /// User who rejected the application. Absent for an automatic rejection (documented).
        pub rejected_by_id: Option<UserId>,
        /// Reason.
        pub rejection_reason_id: Option<RejectionReasonId>,
        /// Note with details.
        pub rejection_note_id: Option<NoteId>,
        /// Answers to the questions for the user who rejected the application.
        pub question_custom_fields: Option<CustomFields>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

body! {
    /// Changes to a rejection.
    #[derive(Debug, Eq)]
    pub struct UpdateRejectionDetail, pub fn new {
        required {
            /// Reason.
            rejection_reason_id: RejectionReasonId,
        }
    }
}

const LIST: Route = Route::get("/v3/rejection_details", "harvest:rejection_details:list");
const UPDATE: Route = Route::patch(
    "/v3/rejection_details/{id}",
    "harvest:rejection_details:update",
);
