use std::fmt;

use greenhouse_core::Secret;
use serde::{Serialize, Serializer};

use super::WebhookAction;

/// A webhook to make (official description). Debug shows what it tells of only.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NewWebhook {
    /// The name.
    pub name: String,
    /// Where deliveries go; https.
    pub endpoint_url: String,
    /// What deliveries are signed with.
    #[serde(serialize_with = "exposed")]
    pub secret_key: Secret,
    /// What it tells of.
    pub event_action_type: WebhookAction,
    /// How often a delivery is tried. Greenhouse's own default for webhooks that are entered by hand is 7, over 15 hours
    /// (documented).
    pub max_attempts: u32,
    /// Whether it is switched off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivated: Option<bool>,
    /// The user name that deliveries carry, at most 255 characters.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "exposed_or_null"
    )]
    pub basic_auth_username: Option<Secret>,
    /// The password that deliveries carry, at most 255 characters.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "exposed_or_null"
    )]
    pub basic_auth_password: Option<Secret>,
    /// Headers that deliveries carry; the form is not described.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "exposed_or_null"
    )]
    pub additional_headers: Option<Secret>,
    /// Who is told of failures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_recipient_email: Option<String>,
}

impl NewWebhook {
    /// A webhook with what it cannot be without.
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

    /// Has deliveries carry these Basic credentials.
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

/// What to change of a webhook (official description); what is not named stays. Debug shows nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UpdateWebhook {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where deliveries go; https.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint_url: Option<String>,
    /// What deliveries are signed with.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "exposed_or_null"
    )]
    pub secret_key: Option<Secret>,
    /// What it tells of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_action_type: Option<WebhookAction>,
    /// How often a delivery is tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// Whether it is switched off.
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
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has deliveries carry these Basic credentials.
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

    /// Has deliveries carry no Basic credentials.
    #[must_use]
    pub fn without_basic_auth(mut self) -> Self {
        self.basic_auth = Some(BasicAuth::default());
        self
    }

    /// Has deliveries carry these headers, or none; the form is not described.
    #[must_use]
    pub fn with_additional_headers(mut self, headers: Option<Secret>) -> Self {
        self.additional_headers = Some(Clearable(headers));
        self
    }

    /// Has this address told of failures, or nobody.
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

/// Written as two nulls, it takes the credentials away.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
struct BasicAuth {
    #[serde(serialize_with = "exposed_or_null")]
    basic_auth_username: Option<Secret>,
    #[serde(serialize_with = "exposed_or_null")]
    basic_auth_password: Option<Secret>,
}

/// A text, or null to take it away.
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
