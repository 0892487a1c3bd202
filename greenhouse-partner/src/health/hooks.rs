use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, earlier,
    health::Check,
    store::{LastSeen, StoreError},
    webhook::HookEvent,
};

use super::Checks;
use crate::texts::{self, health, time};

impl Checks {
    /// Checks when webhooks were last received, overall and for each event. Returns one check,
    /// because the remedy is the same.
    pub(super) async fn webhooks(&self, account: &AccountId) -> Result<Check, StoreError> {
        let Some(last) = self.store.last_delivery_at(account).await? else {
            return Ok(health::no_webhook());
        };
        let silence = self.hook_silence;
        let since = earlier(self.clock.now(), silence);
        let check = if last < since && self.had_pushed(account, since).await? {
            health::webhooks_silent(&time(last), &texts::duration(silence))
        } else {
            health::webhook_received(&time(last))
        };
        let seen = self.store.last_seen(account).await?;
        let hooks = seen.into_iter().filter_map(|(what, at)| match what {
            LastSeen::Hook(action) => Some((action, at)),
            _ => None,
        });
        Ok(with_each(check, &hooks.collect()))
    }

    /// Returns `true` if an assessment had been pushed by then, because no webhook is expected
    /// before the first push. Only one link is read. If its push is a later one, the warning is
    /// delayed by at most the silence.
    async fn had_pushed(&self, account: &AccountId, by: DateTime<Utc>) -> Result<bool, StoreError> {
        let links = self.store.links_after(account, None, 1).await?;
        let Some(link) = links.first() else {
            return Ok(false);
        };
        let push = self.store.push(account, &link.assessment).await?;
        Ok(push.is_none_or(|push| push.requested_at <= by))
    }
}

/// Adds the time at which each webhook was last received.
fn with_each(mut check: Check, received: &BTreeMap<String, DateTime<Utc>>) -> Check {
    let mut lines = Vec::new();
    let mut never = Vec::new();
    for HookEvent { action, label, .. } in HookEvent::ALL {
        match received.get(*action) {
            Some(at) => lines.push(health::event_received(label, &time(*at))),
            None => {
                lines.push(health::event_never_received(label));
                never.push(*label);
            }
        }
    }
    if let Some(at) = received.get(HookEvent::PING) {
        lines.push(health::other_ping_received(&time(*at)));
    }
    if !never.is_empty() {
        check.text += &health::never_received(&never.join(", "));
    }
    check.with_lines(lines)
}
