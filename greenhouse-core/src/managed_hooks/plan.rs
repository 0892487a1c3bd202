use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use url::Url;

use crate::{
    HookKey, Secret,
    integration::PublicRoute,
    settings::{HookCreation, HookDefect, ManagedHook, ManagedHooks, SyncSettings},
    webhook::HookEvent,
    webhook_admin::{HookForm, ListedHook},
};

/// Recognizes the account's webhooks among all webhooks of the organization.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct HookOwner<'a> {
    /// Public URL of the host.
    pub base: &'a Url,
    /// Hook key of the account. `None` if its webhook settings were removed.
    pub key: Option<&'a HookKey>,
    /// Webhooks that the host created.
    pub managed: &'a ManagedHooks,
}

impl<'a> HookOwner<'a> {
    /// Creates the owner.
    pub fn new(base: &'a Url, key: Option<&'a HookKey>, managed: &'a ManagedHooks) -> Self {
        Self { base, key, managed }
    }

    /// Returns `true` if the webhook sends to the account: its address ends with the path that
    /// contains the account's hook key, or the host created it and it sends to a webhook address of
    /// this host, which has an earlier hook key. Any other webhook is foreign and is never changed.
    pub fn owns(&self, row: &ListedHook) -> bool {
        let url = row.endpoint_url.as_deref();
        let Some(url) = url.and_then(|url| Url::parse(url).ok()) else {
            return false;
        };
        let path = url.path().trim_end_matches('/');
        let has_key = self.key.is_some_and(|key| {
            let own = PublicRoute::Webhook(Some(key.clone())).url(self.base);
            // Another public URL can have another path before the endpoint.
            let prefix = self.base.path().trim_end_matches('/');
            let suffix = own.path().strip_prefix(prefix).unwrap_or(own.path());
            path.ends_with(suffix)
        });
        has_key || (self.managed.contains(row.id) && self.is_of_host(&url))
    }

    /// Returns `true` if the host created the webhook: it is recorded, or it sends to the account
    /// and has the name that the host gives.
    pub fn made(&self, row: &ListedHook) -> bool {
        let named = || {
            let action = row.action.as_deref().unwrap_or_default();
            row.name.as_deref() == Some(&*hook_name(action))
        };
        self.owns(row) && (self.managed.contains(row.id) || named())
    }

    fn is_of_host(&self, url: &Url) -> bool {
        let folder = PublicRoute::Webhook(None).url(self.base);
        let rest = url.path().strip_prefix(folder.path());
        url.origin() == folder.origin() && rest.is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Steps after which each event has exactly one webhook that works.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookPlan {
    /// One step for each event, in the order of [`HookEvent::ALL`].
    pub hooks: Vec<PlannedHook>,
    /// Webhooks that the host created and that are not needed.
    pub surplus: Vec<HookRemoval>,
    /// Number of webhooks that do not belong to the account. The plan does not contain them.
    pub foreign: usize,
}

/// Step for one event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedHook {
    /// The event.
    pub event: HookEvent,
    /// Webhook of the event. `None` if there is none.
    pub id: Option<i64>,
    /// `true` if the host created the webhook.
    pub made: bool,
    /// What to do.
    pub step: HookStep,
}

/// What to do for an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HookStep {
    /// Create a webhook.
    Create,
    /// Wait, because a webhook that is not listed may exist nevertheless.
    Wait {
        /// Time from which the list is reliable.
        until: DateTime<Utc>,
    },
    /// Update the webhook.
    Update(BTreeSet<HookDefect>),
    /// Leave the webhook as it is.
    Leave,
}

impl PlannedHook {
    /// Defects that the step corrects.
    pub fn defects(&self) -> BTreeSet<HookDefect> {
        match &self.step {
            HookStep::Create => BTreeSet::from([HookDefect::Missing]),
            HookStep::Wait { .. } => BTreeSet::from([HookDefect::Unconfirmed]),
            HookStep::Update(defects) => defects.clone(),
            HookStep::Leave => BTreeSet::new(),
        }
    }
}

/// Webhook to delete.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookRemoval {
    /// Action of the webhook. Empty if unknown.
    pub action: String,
    /// Id of the webhook.
    pub id: i64,
}

impl HookRemoval {
    /// Creates the removal of this webhook.
    pub fn new(action: impl Into<String>, id: i64) -> Self {
        let action = action.into();
        Self { action, id }
    }
}

impl HookPlan {
    /// Returns the recorded state as the list shows it: with the webhooks that exist, without
    /// creations that are certain not to have happened, and with the defects.
    pub fn observed(&self, managed: &ManagedHooks, now: DateTime<Utc>) -> ManagedHooks {
        let mut state = ManagedHooks::default();
        for hook in &self.hooks {
            let action = hook.event.action;
            let recorded = managed.hooks.get(action);
            let creation = managed.creating.get(action);
            match (hook.id, &hook.step) {
                (Some(id), _) if hook.made => {
                    let known = recorded.filter(|known| known.id == id).cloned();
                    let secret = creation.map(|begun| begun.secret.clone());
                    let found = ManagedHook::new(id, secret.unwrap_or_default(), now);
                    state.created(action, known.unwrap_or(found));
                }
                (_, HookStep::Wait { .. }) => {
                    let hooks = recorded.map(|known| (action.to_owned(), known.clone()));
                    state.hooks.extend(hooks);
                    let begun = creation.map(|begun| (action.to_owned(), begun.clone()));
                    state.creating.extend(begun);
                }
                _ => {}
            }
            let defects = hook.defects();
            if !defects.is_empty() {
                state.defects.insert(action.to_owned(), defects);
            }
        }
        for surplus in &self.surplus {
            let defects = state.defects.entry(surplus.action.clone()).or_default();
            defects.insert(HookDefect::Duplicate);
        }
        state
    }
}

/// Plans the steps for the account's webhooks from the list of all webhooks.
pub fn plan(
    base: &Url,
    sync: &SyncSettings,
    managed: &ManagedHooks,
    rows: &[ListedHook],
    now: DateTime<Utc>,
) -> HookPlan {
    let owner = HookOwner::new(base, Some(&sync.hook_key), managed);
    let (own, foreign): (Vec<_>, Vec<_>) = rows.iter().partition(|row| owner.owns(row));
    let endpoint = PublicRoute::Webhook(Some(sync.hook_key.clone())).url(base);
    let secret = sync.secret_tag();
    let mut used = BTreeSet::new();
    let hooks = HookEvent::ALL.iter().map(|event| {
        let rows = own.iter().copied();
        let rows = rows.filter(|row| row.action.as_deref() == Some(event.action));
        // A webhook of the host comes first, because its secret is known.
        let row = rows.min_by_key(|row| (!managed.contains(row.id), !owner.made(row), row.id));
        let Some(row) = row else {
            return PlannedHook {
                event: *event,
                id: None,
                made: false,
                step: missing(managed, event.action, now),
            };
        };
        used.insert(row.id);
        let made = owner.made(row);
        let recorded = managed.hooks.get(event.action);
        let recorded = recorded.filter(|known| known.id == row.id);
        let given = recorded.map(|known| &known.secret);
        let begun = managed.creating.get(event.action);
        let given = given.or(begun.map(|begun: &HookCreation| &begun.secret));
        let has_secret = !made || given == Some(&secret);
        let defects = defects(row, &endpoint, has_secret);
        PlannedHook {
            event: *event,
            id: Some(row.id),
            made,
            step: match defects.is_empty() {
                true => HookStep::Leave,
                false => HookStep::Update(defects),
            },
        }
    });
    let hooks: Vec<_> = hooks.collect();
    let mut surplus = plan_removal(&owner, rows);
    surplus.retain(|row| !used.contains(&row.id));
    HookPlan {
        hooks,
        surplus,
        foreign: foreign.len(),
    }
}

/// Returns the webhooks to delete when the account's webhooks are switched off: those that the host
/// created.
pub fn plan_removal(owner: &HookOwner<'_>, rows: &[ListedHook]) -> Vec<HookRemoval> {
    let rows = rows.iter().filter(|row| owner.made(row));
    let removals = rows.map(|row| HookRemoval {
        action: row.action.clone().unwrap_or_default(),
        id: row.id,
    });
    removals.collect()
}

/// Returns the values of the webhook for an event.
pub fn form(base: &Url, sync: &SyncSettings, action: &str) -> Option<HookForm> {
    let endpoint = PublicRoute::Webhook(Some(sync.hook_key.clone())).url(base);
    let secret: Secret = sync.secrets().first()?.clone();
    let name = hook_name(action);
    Some(HookForm::new(name, action, endpoint, secret, MAX_ATTEMPTS))
}

/// Returns the name in Greenhouse of a webhook that the host creates for this action.
pub fn hook_name(action: &str) -> String {
    let label = HookEvent::ALL.iter().find(|event| event.action == action);
    let label = label.map_or(action, |event| event.label);
    format!("Assessment integration: {label}")
}

fn missing(managed: &ManagedHooks, action: &str, now: DateTime<Utc>) -> HookStep {
    let recorded = managed.hooks.get(action).map(|known| known.trusted_from);
    let begun = managed.creating.get(action).map(|begun| begun.trusted_from);
    match recorded.max(begun).filter(|until| *until > now) {
        Some(until) => HookStep::Wait { until },
        None => HookStep::Create,
    }
}

fn defects(row: &ListedHook, endpoint: &Url, has_secret: bool) -> BTreeSet<HookDefect> {
    let url = row.endpoint_url.as_deref();
    let is_endpoint = url.and_then(|url| Url::parse(url).ok()).as_ref() == Some(endpoint);
    let attempts = row.max_attempts;
    let found = [
        (row.deactivated == Some(true), HookDefect::Disabled),
        (!is_endpoint, HookDefect::WrongAddress),
        (
            attempts.is_some_and(|attempts| attempts < MAX_ATTEMPTS.into()),
            HookDefect::FewAttempts,
        ),
        (!has_secret, HookDefect::OldSecret),
    ];
    let found = found.into_iter().filter(|(is_found, _)| *is_found);
    found.map(|(_, defect)| defect).collect()
}

/// Number of attempts per delivery of a webhook that the host creates: Greenhouse's default, with
/// growing waits over 15 hours (documented). A webhook with more attempts is left as it is.
pub const MAX_ATTEMPTS: u32 = 7;

#[cfg(test)]
mod tests;
