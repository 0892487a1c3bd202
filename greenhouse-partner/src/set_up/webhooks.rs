use std::fmt;

use greenhouse_core::{
    HookKey, integration::PublicRoute, settings::SyncSettings, webhook::HookEvent,
};
use serde::Serialize;
use url::Url;

use super::Obstacles;

/// What a person does so that Greenhouse tells what becomes of candidates.
///
/// The page, its fields, the ping, and that a failing hook is told of by that e-mail alone are documented on [Greenhouse's
/// page](https://support.greenhouse.io/hc/en-us/articles/360005574531), where "Disabled?" is also called "Deactivated?";
/// how sure the labels of the events are is said at [`HookEvent`].
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WebhookSetUp {
    /// Where every hook goes. It ends with the hook key, which names the account.
    pub endpoint_url: Url,
    /// The events, each of which needs a hook of its own.
    pub events: &'static [HookEvent],
    /// Whether the sync is switched on.
    pub enabled: bool,
}

impl WebhookSetUp {
    /// The set-up of an account with these settings, on a host with this public address.
    pub fn new(base: &Url, settings: &SyncSettings) -> Self {
        Self {
            endpoint_url: Self::endpoint_url(base, &settings.hook_key),
            events: HookEvent::ALL,
            enabled: settings.enabled,
        }
    }

    /// Where the hooks of the account with this key go.
    pub fn endpoint_url(base: &Url, key: &HookKey) -> Url {
        PublicRoute::Webhook(Some(key.clone())).url(base)
    }
}

impl fmt::Display for WebhookSetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint_url, .. } = self;
        let obstacles = Obstacles {
            on: self.enabled,
            https: endpoint_url.scheme() == "https",
        };
        let count = self.events.len();
        write!(
            f,
            "Web hooks: Greenhouse tells what becomes of candidates\n\
             {obstacles}\
             1. In Greenhouse, open Configure > Dev Center > Web Hooks > Web Hooks. That takes the permission to manage and\n\
             \x20  configure web hooks.\n\
             2. A web hook serves one event, so create {count} of them, one for each of these:\n"
        )?;
        for HookEvent { action, label, .. } in self.events {
            writeln!(f, "     [ ] {label:LABEL$} ({action})")?;
        }
        write!(
            f,
            "   Should Greenhouse word one differently: the word in brackets is what it sends.\n\
             3. Fill in, the same for all of them but the first two:\n\
             \x20    Name this web hook     whatever you like, such as the event\n\
             \x20    When                   the event\n\
             \x20    Endpoint URL           {endpoint_url}\n\
             \x20    Secret key             the first of \"secrets\" in the settings of the sync; one serves all web hooks\n\
             \x20    Error recipient email  somebody who reads it: Greenhouse tells of failures nowhere else\n\
             \x20    Disabled?              No\n\
             4. Click \"Create Web hook\". Greenhouse tries the address at once. If that fails, the web hook stays disabled until\n\
             \x20  somebody corrects and enables it: look whether URL and secret are the ones above.\n\
             5. Look at health afterwards: it says when each web hook was last heard, its ping included.\n"
        )
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

/// How wide the column of labels is.
const LABEL: usize = 32;
