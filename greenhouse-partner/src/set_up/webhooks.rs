use std::fmt;

use greenhouse_core::{
    HookKey, integration::PublicRoute, settings::SyncSettings, webhook::HookEvent,
};
use serde::Serialize;
use url::Url;

use super::steps::{SetUpStep, SetUpSteps};
use crate::texts::set_up as texts;

/// Steps after which Greenhouse sends webhooks.
///
/// [Greenhouse's page](https://support.greenhouse.io/hc/en-us/articles/360005574531) documents the
/// form, its fields, the ping, and that Greenhouse reports a failing webhook only by email. The
/// page also uses the label "Deactivated?" for "Disabled?". [`HookEvent`] documents the sources of
/// the labels.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "openapi",
    schemars(description = "Steps after which Greenhouse sends webhooks.")
)]
#[non_exhaustive]
pub struct WebhookSetUp {
    /// Endpoint URL of every webhook. It ends with the hook key, which identifies the account.
    pub endpoint_url: Url,
    /// Events, each of which needs its own webhook.
    pub events: &'static [HookEvent],
    /// `true` if the sync is switched on.
    pub enabled: bool,
}

impl WebhookSetUp {
    /// Creates the set-up of an account with these settings, on a host with this public address.
    pub fn new(base: &Url, settings: &SyncSettings) -> Self {
        Self {
            endpoint_url: Self::endpoint_url(base, &settings.hook_key),
            events: HookEvent::ALL,
            enabled: settings.enabled,
        }
    }

    /// Returns the endpoint URL of the account with this hook key.
    pub fn endpoint_url(base: &Url, key: &HookKey) -> Url {
        PublicRoute::Webhook(Some(key.clone())).url(base)
    }
}

impl fmt::Display for WebhookSetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint_url, .. } = self;
        let mut steps = SetUpSteps::new(texts::webhooks_title(), self.enabled, endpoint_url);
        steps.push(texts::open_webhooks());
        let mut create = SetUpStep::from(texts::create_webhooks(self.events.len()));
        for HookEvent { action, label, .. } in self.events {
            create = create.item(format_args!("[ ] {label:LABEL_WIDTH$} ({action})"));
        }
        steps.push(create.text(&texts::other_label()));
        let (name, event) = (texts::webhook_name(), texts::webhook_event());
        let (secret, recipient) = (texts::webhook_secret(), texts::webhook_error_recipient());
        let fill_in = SetUpStep::from(texts::fill_in_webhooks())
            .item(format_args!("Name this webhook      {name}"))
            .item(format_args!("When                   {event}"))
            .item(format_args!("Endpoint URL           {endpoint_url}"))
            .item(format_args!("Secret key             {secret}"))
            .item(format_args!("Error recipient email  {recipient}"))
            .item(format_args!("Disabled?              No"));
        steps.push(fill_in);
        steps.push(texts::save_webhooks());
        steps.push(texts::check_webhooks());
        steps.fmt(f)
    }
}

/// The hook key in the address is a secret.
impl fmt::Debug for WebhookSetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSetUp")
            .field("events", &self.events)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}

/// Width of the label column.
const LABEL_WIDTH: usize = 32;
