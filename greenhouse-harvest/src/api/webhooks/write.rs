use std::fmt;

use greenhouse_core::Secret;
use serde::{Serialize, Serializer};

use super::WebhookAction;

/// New webhook (official description). `Debug` shows only the event.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NewWebhook {
    /// Name.
    pub name: String,
    /// URL of the receiver, https only.
    pub endpoint_url: String,
    /// Secret that signs deliveries.
    #[serde(serialize_with = "exposed")]
    pub secret_key: Secret,
    /// Event of the webhook.
    pub event_action_type: WebhookAction,
    /// Number of attempts per delivery. Greenhouse's default for manually created webhooks is 7,
    /// over 15 hours (documented).
    pub max_attempts: u32,
    /// `true` if the webhook is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivated: Option<bool>,
    /// Basic auth username for deliveries, at most 255 characters.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "exposed_or_null"
    )]
    pub basic_auth_username: Option<Secret>,
    /// Basic auth password for deliveries, at most 255 characters.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "exposed_or_null"
    )]
    pub basic_auth_password: Option<Secret>,
    /// Additional headers for deliveries. The format is not described.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "exposed_or_null"
    )]
    pub additional_headers: Option<Secret>,
    /// Recipient of failure reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_recipient_email: Option<String>,
}

impl NewWebhook {
    /// Creates a webhook with only the required members.
    pub fn new(
        name: impl Into<String>,
        endpoint_url: impl Into<String>,
        secret_key: impl Into<Secret>,
        event_action_type: WebhookAction,
        max_attempts: u32,
    ) -> Self {
        Self {
            name: name.into(),
            endpoint_url: endpoint_url.into(),
            secret_key: secret_key.into(),
            event_action_type,
            max_attempts,
            deactivated: None,
            basic_auth_username: None,
            basic_auth_password: None,
            additional_headers: None,
            error_recipient_email: None,
        }
    }

    /// Sets the Basic auth credentials for deliveries.
    #[must_use]
    pub fn with_basic_auth(
        mut self,
        username: impl Into<Secret>,
        password: impl Into<Secret>,
    ) -> Self {
        self.basic_auth_username = Some(username.into());
        self.basic_auth_password = Some(password.into());
        self
    }
}

impl fmt::Debug for NewWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewWebhook")
            .field("event_action_type", &self.event_action_type)
            .finish_non_exhaustive()
    }
}

/// Changes to a webhook (official description). Members that are not set stay unchanged. `Debug`
/// shows nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UpdateWebhook {
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// URL of the receiver, https only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint_url: Option<String>,
    /// Secret that signs deliveries.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "exposed_or_null"
    )]
    pub secret_key: Option<Secret>,
    /// Event of the webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_action_type: Option<WebhookAction>,
    /// Number of attempts per delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// `true` if the webhook is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivated: Option<bool>,
    #[serde(flatten)]
    basic_auth: Option<BasicAuth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_headers: Option<Clearable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_recipient_email: Option<Clearable>,
}

impl UpdateWebhook {
    /// Creates a body without changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the Basic auth credentials for deliveries.
    #[must_use]
    pub fn with_basic_auth(
        mut self,
        username: impl Into<Secret>,
        password: impl Into<Secret>,
    ) -> Self {
        self.basic_auth = Some(BasicAuth {
            basic_auth_username: Some(username.into()),
            basic_auth_password: Some(password.into()),
        });
        self
    }

    /// Removes the Basic auth credentials for deliveries.
    #[must_use]
    pub fn without_basic_auth(mut self) -> Self {
        self.basic_auth = Some(BasicAuth::default());
        self
    }

    /// Sets or removes the additional headers for deliveries. The format is not described.
    #[must_use]
    pub fn with_additional_headers(mut self, headers: Option<Secret>) -> Self {
        self.additional_headers = Some(Clearable(headers));
        self
    }

    /// Sets or removes the recipient of failure reports.
    #[must_use]
    pub fn with_error_recipient(mut self, address: Option<String>) -> Self {
        self.error_recipient_email = Some(Clearable(address.map(Secret::new)));
        self
    }
}

impl fmt::Debug for UpdateWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateWebhook").finish_non_exhaustive()
    }
}

/// Credentials in an update. Two nulls on the wire remove them.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
struct BasicAuth {
    #[serde(serialize_with = "exposed_or_null")]
    basic_auth_username: Option<Secret>,
    #[serde(serialize_with = "exposed_or_null")]
    basic_auth_password: Option<Secret>,
}

/// Text, or null to clear it.
#[derive(Clone, PartialEq, Eq, Serialize)]
struct Clearable(#[serde(serialize_with = "exposed_or_null")] Option<Secret>);

fn exposed<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

fn exposed_or_null<S: Serializer>(
    secret: &Option<Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => exposed(secret, serializer),
        None => serializer.serialize_none(),
    }
}
