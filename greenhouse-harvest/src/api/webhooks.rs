//! Webhooks, which partners alone manage through the API (official description); customers enter them by hand.

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
    /// `GET /v3/webhooks` (documented, by mid-2026; in March's description it is missing, though its scope is there).
    pub fn webhooks(&self, filter: &WebhookFilter) -> List<Webhook> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/webhooks` (official description). Greenhouse sends a `ping` at once, and disables a webhook whose ping is not
    /// answered with 200 until a person enables it again (documented).
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_webhook(&self, new: &NewWebhook) -> Result<Webhook, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write(&call).await
    }

    /// `PATCH /v3/webhooks/{id}` (official description). Greenhouse sends a `ping` as it does for a new one (documented).
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn update_webhook(
        &self,
        id: WebhookId,
        update: &UpdateWebhook,
    ) -> Result<Webhook, Error> {
        let call = Call::on(self, UPDATE, id).with_body(update)?;
        self.write(&call).await
    }

    /// `DELETE /v3/webhooks/{id}` (official description). It cannot be recovered (reported by users).
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn delete_webhook(&self, id: WebhookId) -> Result<(), Error> {
        self.carry_out(&Call::on(self, DELETE, id)).await
    }
}

filter! {
    /// Which webhooks to list: what all lists take (documented).
    pub struct WebhookFilter of WebhookId {}
}

row! {
    /// A webhook (official description). Neither its secret nor its Basic credentials come back. Debug shows the id only.
    pub struct Webhook {
        /// The id.
        pub id: WebhookId,
        /// The name.
        pub name: Option<String>,
        /// Where deliveries go.
        pub endpoint_url: Option<String>,
        /// What it tells of.
        pub event_action_type: Option<WebhookAction>,
        /// How often a delivery is tried.
        pub max_attempts: Option<i64>,
        /// Headers that deliveries carry; the form is not described.
        pub additional_headers: Option<String>,
        /// Who is told of failures.
        pub error_recipient_email: Option<String>,
        /// Whether it is switched off.
        pub deactivated: Option<bool>,
        /// When something was last delivered.
        pub last_delivered: Option<DateTime<Utc>>,
        /// The credential that made it: in lists (documented), not in answers to writes.
        pub client_id: Option<String>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

const LIST: Route = Route::get("/v3/webhooks", "harvest:webhooks:list");
const CREATE: Route = Route::post("/v3/webhooks", "harvest:webhooks:create");
const UPDATE: Route = Route::patch("/v3/webhooks/{id}", "harvest:webhooks:update");
const DELETE: Route = Route::delete("/v3/webhooks/{id}", "harvest:webhooks:destroy");
