//! Webhooks. Only partners can manage them through the API (official description); customers create
//! them in Greenhouse.

mod action;
mod write;

use chrono::{DateTime, Utc};

pub use self::{
    action::WebhookAction,
    write::{NewWebhook, UpdateWebhook},
};
use super::{filter::filter, ids::WebhookId, row::row, words};
use crate::{Error, HarvestClient, List, Route, client::Call};

impl HarvestClient {
    /// Lists webhooks with `GET /v3/webhooks` (documented by mid-2026; missing from the March
    /// description, which contains its scope).
    pub fn webhooks(&self, filter: &WebhookFilter) -> List<Webhook> {
        List::new(self, LIST, &filter.query)
    }

    /// Creates a webhook with `POST /v3/webhooks` (official description). Greenhouse sends a `ping`
    /// immediately. If the response is not 200, the webhook is disabled until a person enables it
    /// again (documented).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn create_webhook(&self, new: &NewWebhook) -> Result<Webhook, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write(&call).await
    }

    /// Updates a webhook with `PATCH /v3/webhooks/{id}` (official description). Greenhouse sends a
    /// `ping` as for a new webhook (documented).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn update_webhook(
        &self,
        id: WebhookId,
        update: &UpdateWebhook,
    ) -> Result<Webhook, Error> {
        let call = Call::on(self, UPDATE, id).with_body(update)?;
        self.write(&call).await
    }

    /// Deletes a webhook with `DELETE /v3/webhooks/{id}` (official description). The deletion is
    /// irreversible (reported by users).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn delete_webhook(&self, id: WebhookId) -> Result<(), Error> {
        self.carry_out(&Call::on(self, DELETE, id)).await
    }
}

filter! {
    /// Filter for webhooks, with the common parameters only (documented).
    pub struct WebhookFilter of WebhookId {}
}

row! {
    /// Webhook (official description). Responses contain neither the secret nor the Basic auth
    /// credentials. `Debug` shows only the id.
    pub struct Webhook {
        /// Id.
        pub id: WebhookId,
        /// Name.
        pub name: Option<String>,
        /// URL of the receiver.
        pub endpoint_url: Option<String>,
        /// Event of the webhook.
        pub event_action_type: Option<WebhookAction>,
        /// Number of attempts per delivery.
        pub max_attempts: Option<i64>,
        /// Additional headers for deliveries. The format is not described.
        pub additional_headers: Option<String>,
        /// Recipient of failure reports.
        pub error_recipient_email: Option<String>,
        /// `true` if the webhook is disabled.
        pub deactivated: Option<bool>,
        /// Time of the last delivery.
        pub last_delivered: Option<DateTime<Utc>>,
        /// Credential that created the webhook. Present in lists (documented), absent from
        /// responses to writes.
        pub client_id: Option<String>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

/// Scopes for the management of webhooks.
pub(crate) const WEBHOOK_SCOPES: [&str; 4] =
    [LIST.scope(), CREATE.scope(), UPDATE.scope(), DELETE.scope()];

const LIST: Route = Route::get("/v3/webhooks", "harvest:webhooks:list");
const CREATE: Route = Route::post("/v3/webhooks", "harvest:webhooks:create");
const UPDATE: Route = Route::patch("/v3/webhooks/{id}", "harvest:webhooks:update");
const DELETE: Route = Route::delete("/v3/webhooks/{id}", "harvest:webhooks:destroy");
