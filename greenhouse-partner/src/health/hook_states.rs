//! State of each webhook, for the settings page.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, earlier,
    store::{HookRefusal, StoreError},
    webhook::HookEvent,
};
use serde::Serialize;

use super::{
    Checks,
    hooks::{REFUSAL_SHOWN, SeenHooks, is_refused},
};
use crate::{HookManagement, texts::time};

/// States of an account's webhooks. Response to `GET hooks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "openapi",
    schemars(description = "States of an account's webhooks.")
)]
#[non_exhaustive]
pub struct HookStates {
    /// `true` if the account's webhooks are switched on. If not, each delivery is refused.
    pub enabled: bool,
    /// The webhooks to create in Greenhouse, one for each event.
    pub hooks: Vec<HookState>,
    /// Latest delivery that was refused before its event was known, for each reason. Greenhouse
    /// sent it to this account's address.
    pub refused: Vec<RefusedDelivery>,
    /// The webhooks that this server created in Greenhouse, and whether it can create them.
    pub management: HookManagement,
}

/// State of the webhook for one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct HookState {
    /// Action that the webhook sends, such as `hire_candidate`.
    pub action: &'static str,
    /// Name of the event in Greenhouse's form.
    pub label: &'static str,
    /// - `never`: nothing was received yet, which is normal for a rare event.
    /// - `ok`: a delivery was received.
    /// - `silent`: a delivery was received, but the account has received no webhook at all for
    ///   longer than the configured time.
    /// - `wrong_signature`, `unsigned` or `too_large`: a later delivery was refused for this reason.
    #[cfg_attr(
        feature = "openapi",
        schemars(extend("enum" = ["never", "ok", "silent", "wrong_signature", "unsigned", "too_large"]))
    )]
    pub state: &'static str,
    /// Time of the last delivery that was received. ISO 8601 in UTC. `None` if there was none.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<chrono::DateTime<chrono::Utc>>")
    )]
    pub last_received: Option<String>,
    /// Time of the refusal that `state` reports, ISO 8601 in UTC. `None` if `state` is not a refusal.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<chrono::DateTime<chrono::Utc>>")
    )]
    pub last_refused: Option<String>,
}

/// Latest refused delivery for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RefusedDelivery {
    /// `wrong_signature`, `unsigned` or `too_large`.
    #[cfg_attr(
        feature = "openapi",
        schemars(extend("enum" = ["wrong_signature", "unsigned", "too_large"]))
    )]
    pub reason: &'static str,
    /// Time of the delivery. ISO 8601 in UTC.
    #[cfg_attr(feature = "openapi", schemars(with = "chrono::DateTime<chrono::Utc>"))]
    pub at: String,
}

impl Checks {
    /// Returns the states of the account's webhooks.
    pub(crate) async fn hook_states(&self, account: &AccountId) -> Result<HookStates, StoreError> {
        let enabled = self.settings.sync(account).await?.is_some();
        let seen = self.seen_hooks(account).await?;
        let is_silent = self.silent_since(account).await?.is_some();
        let recent = earlier(self.clock.now(), REFUSAL_SHOWN);
        let hooks = HookEvent::ALL.iter();
        Ok(HookStates {
            enabled,
            hooks: hooks
                .map(|hook| state(hook, &seen, recent, is_silent))
                .collect(),
            refused: unattributed(&seen, recent),
            management: HookManagement::default(),
        })
    }
}

fn state(hook: &HookEvent, seen: &SeenHooks, recent: DateTime<Utc>, is_silent: bool) -> HookState {
    let received = seen.received.get(hook.action);
    let refused = seen.refused.iter().filter(|(reason, action, at)| {
        action == hook.action && word(*reason).is_some() && is_refused(received, *at, recent)
    });
    let refused = refused.max_by_key(|(.., at)| *at);
    let state = match (refused, received) {
        (Some((reason, ..)), _) => word(*reason).unwrap_or_default(),
        (None, None) => "never",
        (None, Some(_)) if is_silent => "silent",
        (None, Some(_)) => "ok",
    };
    HookState {
        action: hook.action,
        label: hook.label,
        state,
        last_received: received.map(|at| time(*at)),
        last_refused: refused.map(|(.., at)| time(*at)),
    }
}

fn unattributed(seen: &SeenHooks, recent: DateTime<Utc>) -> Vec<RefusedDelivery> {
    let reasons = HookRefusal::ALL.into_iter();
    let refused = reasons.filter_map(|reason| {
        let own = seen.refused.iter().filter(|(own, action, at)| {
            *own == reason && action.is_empty() && is_refused(None, *at, recent)
        });
        let at = own.map(|(.., at)| *at).max()?;
        Some(RefusedDelivery {
            reason: word(reason)?,
            at: time(at),
        })
    });
    refused.collect()
}

/// Returns the word for a reason. `None` if the webhooks were switched off, which is no fault of a
/// webhook.
fn word(reason: HookRefusal) -> Option<&'static str> {
    match reason {
        HookRefusal::Signature => Some("wrong_signature"),
        HookRefusal::Unsigned => Some("unsigned"),
        HookRefusal::Size => Some("too_large"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_latest_refusal_counts_until_the_hook_delivers_again() {
        use HookRefusal::{Signature, Size, SwitchedOff, Unsigned};
        for (received, refused, is_silent, expected) in [
            (None, vec![], false, "never"),
            (None, vec![], true, "never"),
            (Some(10), vec![], false, "ok"),
            (Some(10), vec![], true, "silent"),
            (Some(10), vec![(Signature, 11)], true, "wrong_signature"),
            (Some(10), vec![(Signature, 9)], false, "ok"),
            (Some(10), vec![(Signature, 10)], false, "ok"),
            (
                Some(10),
                vec![(Signature, 11), (Size, 12)],
                false,
                "too_large",
            ),
            (
                Some(10),
                vec![(Size, 12), (Unsigned, 11)],
                false,
                "too_large",
            ),
            (None, vec![(Unsigned, 1)], false, "unsigned"),
            (None, vec![(Unsigned, -1)], false, "never"),
            (Some(10), vec![(SwitchedOff, 11)], false, "ok"),
        ] {
            let hook = &HookEvent::ALL[0];
            let mut seen = SeenHooks::default();
            if let Some(second) = received {
                seen.received.insert(hook.action.to_owned(), at(second));
            }
            for (reason, second) in &refused {
                let refusal = (*reason, hook.action.to_owned(), at(*second));
                seen.refused.push(refusal);
            }
            let found = state(hook, &seen, at(0), is_silent);
            assert_eq!(found.state, expected, "{received:?} {refused:?}");
            assert_eq!(found.last_received, received.map(|second| time(at(second))));
            let other = state(&HookEvent::ALL[1], &seen, at(0), false);
            assert_eq!(other.state, "never");
            assert_eq!(unattributed(&seen, at(0)), []);
        }
    }

    #[test]
    fn a_refusal_without_an_event_is_listed_apart() {
        let mut seen = SeenHooks::default();
        for (reason, second) in [
            (HookRefusal::Unsigned, 5),
            (HookRefusal::Unsigned, 7),
            (HookRefusal::SwitchedOff, 8),
            (HookRefusal::Size, -1),
        ] {
            seen.refused.push((reason, String::new(), at(second)));
        }
        let expected = RefusedDelivery {
            reason: "unsigned",
            at: time(at(7)),
        };
        assert_eq!(unattributed(&seen, at(0)), [expected]);
    }

    fn at(second: i64) -> DateTime<Utc> {
        let start = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        match u64::try_from(second) {
            Ok(second) => start + Duration::from_secs(second),
            Err(_) => earlier(start, Duration::from_secs(second.unsigned_abs())),
        }
    }
}
