use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, earlier,
    health::Check,
    store::{LastSeen, StoreError},
    webhook::HookEvent,
};

use super::{Checks, time};

impl Checks {
    /// When Greenhouse was last heard, over all hooks and of each: one check, since what there is to do is the same.
    pub(super) async fn webhooks(&self, account: &AccountId) -> Result<Check, StoreError> {
        let Some(last) = self.store.last_delivery_at(account).await? else {
            return Ok(Check::warning(
                "webhooks",
                "No webhook was ever received.",
                "In Greenhouse, under Configure > Dev Center > Web Hooks, create hooks that point here with this account's \
                 secret; each sends a ping at once.",
            ));
        };
        let silence = self.hook_silence;
        let since = earlier(self.clock.now(), silence);
        let check = if last < since && self.had_pushed(account, since).await? {
            silent(last, silence)
        } else {
            let last = time(last);
            Check::ok("webhooks", format!("Greenhouse was last heard at {last}."))
        };
        let seen = self.store.last_seen(account).await?;
        let hooks = seen.into_iter().filter_map(|(what, at)| match what {
            LastSeen::Hook(action) => Some((action, at)),
            _ => None,
        });
        Ok(with_each(check, &hooks.collect()))
    }

    /// Whether anything had been pushed by then: who has just begun to push has not been waiting to hear. The first link
    /// stands for all of them. It may be a young one, but not for longer than the silence, and the warning is late by no more.
    async fn had_pushed(&self, account: &AccountId, by: DateTime<Utc>) -> Result<bool, StoreError> {
        let links = self.store.links_after(account, None, 1).await?;
        let Some(link) = links.first() else {
            return Ok(false);
        };
        let push = self.store.push(account, &link.assessment).await?;
        Ok(push.is_none_or(|push| push.requested_at <= by))
    }
}

fn silent(last: DateTime<Utc>, silence: Duration) -> Check {
    Check::warning(
        "webhooks",
        format!(
            "Nothing was heard from Greenhouse since {}, which is longer than {}, although candidates were pushed.",
            time(last),
            words(silence)
        ),
        "In Greenhouse, under Configure > Dev Center > Web Hooks, look whether the hooks are enabled and point here with \
         this account's secret: Greenhouse disables a hook that fails its ping, and tells the error recipient alone. \
         Saving a hook sends a ping at once; where that does not show here, look whether this host is reached from outside.",
    )
}

/// Says of each hook when it was last heard, and names those that never were. That is no fault: what they tell of may never
/// have happened.
fn with_each(mut check: Check, heard: &BTreeMap<String, DateTime<Utc>>) -> Check {
    let mut lines = Vec::new();
    let mut never = Vec::new();
    for HookEvent { action, label, .. } in HookEvent::ALL {
        match heard.get(*action) {
            Some(at) => lines.push(format!("{label}: last heard at {}", time(*at))),
            None => {
                lines.push(format!("{label}: never heard"));
                never.push(*label);
            }
        }
    }
    if let Some(at) = heard.get(HookEvent::PING) {
        let at = time(*at);
        lines.push(format!(
            "Ping that does not name one of these: last heard at {at}"
        ));
    }
    if !never.is_empty() {
        let never = never.join(", ");
        check.text += &format!(" Never heard, as is usual for what is rare: {never}.");
    }
    check.with_lines(lines)
}

/// In the largest unit that it is a whole number of.
fn words(time: Duration) -> String {
    let seconds = time.as_secs();
    for (unit, length) in [("day", DAY), ("hour", HOUR), ("minute", 60)] {
        if seconds >= length && seconds.is_multiple_of(length) {
            let count = seconds / length;
            let plural = if count == 1 { "" } else { "s" };
            return format!("{count} {unit}{plural}");
        }
    }
    format!("{} seconds", time.as_secs_f64())
}

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;
