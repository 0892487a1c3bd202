use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, earlier,
    health::Check,
    store::{HookRefusal, LastSeen, StoreError},
    webhook::HookEvent,
};

use super::Checks;
use crate::texts::{self, health, time};

impl Checks {
    /// Checks when webhooks were last received, overall and for each event. Returns one check,
    /// because the remedy is the same.
    pub(super) async fn webhooks(&self, account: &AccountId) -> Result<Check, StoreError> {
        let SeenHooks {
            received,
            mut refused,
        } = self.seen_hooks(account).await?;
        let recent = earlier(self.clock.now(), REFUSAL_SHOWN);
        refused.retain(|(reason, action, at)| {
            *reason != HookRefusal::SwitchedOff && is_refused(received.get(action), *at, recent)
        });
        if let Some(check) = refused_check(&refused) {
            return Ok(self.with_unknown_hook(with_each(check, &received)));
        }
        let Some(last) = self.store.last_delivery_at(account).await? else {
            return Ok(match self.unknown_hook() {
                Some(at) => health::no_webhook_but_unknown(&time(at)),
                None => health::no_webhook(),
            });
        };
        let check = match self.silent_since(account).await? {
            Some(last) => health::webhooks_silent(&time(last), &texts::duration(self.hook_silence)),
            None => health::webhook_received(&time(last)),
        };
        Ok(self.with_unknown_hook(with_each(check, &received)))
    }

    /// Reads when each hook was last received and refused.
    pub(super) async fn seen_hooks(&self, account: &AccountId) -> Result<SeenHooks, StoreError> {
        let mut seen = SeenHooks::default();
        for (what, at) in self.store.last_seen(account).await? {
            match what {
                LastSeen::Hook(action) => drop(seen.received.insert(action, at)),
                LastSeen::RefusedHook { reason, action } => {
                    seen.refused.push((reason, action, at));
                }
                _ => {}
            }
        }
        Ok(seen)
    }

    /// Time of the last delivery, if no webhook was received for longer than the configured time
    /// although candidates had been pushed. `None` if nothing was ever received.
    pub(super) async fn silent_since(
        &self,
        account: &AccountId,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let since = earlier(self.clock.now(), self.hook_silence);
        match self.store.last_delivery_at(account).await? {
            Some(last) if last < since && self.had_pushed(account, since).await? => Ok(Some(last)),
            _ => Ok(None),
        }
    }

    /// Returns a warning if webhooks arrived recently although the account's webhooks are switched
    /// off.
    pub(super) async fn webhooks_while_off(
        &self,
        account: &AccountId,
    ) -> Result<Option<Check>, StoreError> {
        let recent = earlier(self.clock.now(), REFUSAL_SHOWN);
        let seen = self.store.last_seen(account).await?;
        let last = seen.iter().filter(|(what, at)| {
            let reason = match what {
                LastSeen::RefusedHook { reason, .. } => Some(*reason),
                _ => None,
            };
            reason == Some(HookRefusal::SwitchedOff) && **at >= recent
        });
        let last = last.map(|(_, at)| *at).max();
        Ok(last.map(|at| health::webhooks_switched_off(&time(at))))
    }

    /// Time of the last webhook to an unknown address, if within the last day.
    fn unknown_hook(&self) -> Option<DateTime<Utc>> {
        let since = earlier(self.clock.now(), UNKNOWN_SHOWN);
        self.unknown_hooks.last().filter(|at| *at >= since)
    }

    fn with_unknown_hook(&self, mut check: Check) -> Check {
        let line = self
            .unknown_hook()
            .map(|at| health::unknown_hook_line(&time(at)));
        check.lines.extend(line);
        check
    }

    /// Returns `true` if an assessment had been pushed by this time. No webhook is expected before
    /// the first push. Only one link is read, which need not be that of the first push, so the
    /// warning may be delayed by at most `hook_silence`.
    async fn had_pushed(&self, account: &AccountId, by: DateTime<Utc>) -> Result<bool, StoreError> {
        let links = self.store.links_after(account, None, 1).await?;
        let Some(link) = links.first() else {
            return Ok(false);
        };
        let push = self.store.push(account, &link.assessment).await?;
        Ok(push.is_none_or(|push| push.requested_at <= by))
    }
}

/// Times at which the hooks of an account were last received and refused.
#[derive(Debug, Default)]
pub(super) struct SeenHooks {
    /// Time of the last delivery, by action.
    pub(super) received: BTreeMap<String, DateTime<Utc>>,
    /// Time of the last refusal, by reason and action. The action is empty if it is unknown.
    pub(super) refused: Vec<(HookRefusal, String, DateTime<Utc>)>,
}

/// Returns `true` if a refusal still matters: nothing was received from the hook after the refusal.
/// If nothing was ever received from the hook, the refusal must be recent.
pub(super) fn is_refused(
    received: Option<&DateTime<Utc>>,
    at: DateTime<Utc>,
    recent: DateTime<Utc>,
) -> bool {
    match received {
        Some(received) => *received < at,
        None => at >= recent,
    }
}

/// Returns a check that lists the hooks whose deliveries are refused, by reason. `None` if there
/// are none.
fn refused_check(refused: &[(HookRefusal, String, DateTime<Utc>)]) -> Option<Check> {
    let checks = HookRefusal::ALL.into_iter().filter_map(|reason| {
        let own: Vec<_> = refused.iter().filter(|(own, ..)| *own == reason).collect();
        let last = own.iter().map(|(.., at)| *at).max()?;
        let hooks = own
            .iter()
            .map(|(_, action, at)| health::refused_hook(label(action), &time(*at)));
        let hooks = hooks.collect::<Vec<_>>().join(", ");
        Some(match reason {
            HookRefusal::Size => health::webhooks_too_large(&hooks),
            HookRefusal::Unsigned => health::webhooks_unsigned(&time(last)),
            _ => health::webhooks_not_signed(&hooks),
        })
    });
    checks.reduce(health::joined)
}

fn label(action: &str) -> Option<&'static str> {
    let mut hooks = HookEvent::ALL.iter();
    let hook = hooks.find(|hook| hook.action == action);
    hook.map(|hook| hook.label)
}

/// Time for which a refusal is shown if the hook never delivered anything.
pub(super) const REFUSAL_SHOWN: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Time for which a webhook to an unknown address is shown.
const UNKNOWN_SHOWN: Duration = Duration::from_secs(24 * 60 * 60);

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
