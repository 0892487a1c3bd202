//! Rejecting, unrejecting and hiring.

use std::fmt;

use chrono::{DateTime, Utc};
use greenhouse_core::{ApplicationId, UserId};
use serde::Serialize;

use crate::{
    Error, HarvestClient, Route,
    api::{
        CloseReasonId, EmailTemplateId, NewCustomFieldValue, OpeningId, RejectionReasonId,
        body::body,
    },
    client::Call,
};

impl HarvestClient {
    /// Rejects an application with `POST /v3/applications/{id}/reject` (official description). If
    /// the application is already rejected, Greenhouse returns 422 (documented).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn reject_application(
        &self,
        application: ApplicationId,
        rejection: &Rejection,
    ) -> Result<(), Error> {
        self.carry_out(&Call::on(self, REJECT, application).with_body(rejection)?)
            .await
    }

    /// Undoes a rejection with `POST /v3/applications/{id}/unreject` (official description).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn unreject_application(&self, application: ApplicationId) -> Result<(), Error> {
        let nothing = Nothing {};
        self.carry_out(&Call::on(self, UNREJECT, application).with_body(&nothing)?)
            .await
    }

    /// Marks an application as hired with `POST /v3/applications/{id}/hire` (official description).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn hire_application(
        &self,
        application: ApplicationId,
        hire: &Hire,
    ) -> Result<(), Error> {
        self.carry_out(&Call::on(self, HIRE, application).with_body(hire)?)
            .await
    }
}

body! {
    /// Rejection (official description). `Debug` withholds notes and answers.
    pub struct Rejection, pub fn new {
        required {
            /// Reason.
            rejection_reason_id: RejectionReasonId,
        }
        optional {
            /// Notes.
            notes: String,
            /// Email to the person. Default: no email is sent.
            rejection_email: RejectionEmail,
        }
        lists {
            /// Values of the custom fields for rejections, including ranges.
            custom_fields: NewCustomFieldValue,
        }
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejection")
            .field("rejection_reason_id", &self.rejection_reason_id)
            .field("rejection_email", &self.rejection_email)
            .finish_non_exhaustive()
    }
}

body! {
    /// Email about a rejection (official description, which requires none of its members).
    #[derive(Debug, Default, Eq)]
    pub struct RejectionEmail, pub fn new {
        optional {
            /// Time at which the email is sent.
            send_email_at: DateTime<Utc>,
            /// Template.
            email_template_id: EmailTemplateId,
            /// Sender.
            email_from_user_id: UserId,
        }
    }
}

body! {
    /// Hire (official description).
    #[derive(Debug, Default, Eq)]
    pub struct Hire, pub fn new {
        optional {
            /// First day.
            start_date: DateTime<Utc>,
            /// Opening that is filled.
            opening_id: OpeningId,
            /// Reason for closing the opening.
            close_reason_id: CloseReasonId,
        }
    }
}

/// Empty body, because the schema allows no members (official description).
#[derive(Serialize)]
struct Nothing {}

pub(in crate::api) const REJECT: Route = Route::post(
    "/v3/applications/{id}/reject",
    "harvest:applications:reject",
);
const UNREJECT: Route = Route::post(
    "/v3/applications/{id}/unreject",
    "harvest:applications:unreject",
);
const HIRE: Route = Route::post("/v3/applications/{id}/hire", "harvest:applications:hire");
