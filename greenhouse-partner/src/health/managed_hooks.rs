use greenhouse_core::{
    AccountId,
    health::Check,
    settings::ManagedHooks,
    store::{LastSeen, StoreError},
    webhook::HookEvent,
};

use super::Checks;
use crate::texts::{health as texts, hooks::defects, time};

impl Checks {
    /// Checks the webhooks that the host created in Greenhouse, as the last check found them.
    /// `None` if the host created none.
    pub(super) async fn managed_hooks(
        &self,
        account: &AccountId,
    ) -> Result<Option<Check>, StoreError> {
        let Some(record) = self.store.account(account).await? else {
            return Ok(None);
        };
        let Some(managed) = &record.settings.managed_hooks else {
            return Ok(None);
        };
        let is_on = record.settings.sync.is_some_and(|sync| sync.enabled);
        if !is_on {
            return Ok(Some(texts::managed_hooks_left(managed.hooks.len())));
        }
        if let Some(failure) = &managed.failure {
            let (message, remedy) = (&failure.message, &failure.remedy);
            return Ok(Some(texts::managed_hooks_unchecked(message, remedy)));
        }
        let lines = lines(managed);
        if !lines.is_empty() {
            return Ok(Some(texts::managed_hooks_defective().with_lines(lines)));
        }
        let seen = self.store.last_seen(account).await?;
        let checked = seen.get(&LastSeen::HookCheck).map(|at| time(*at));
        Ok(Some(texts::managed_hooks_ok(
            managed.hooks.len(),
            &checked.unwrap_or_default(),
        )))
    }
}

/// One line for each event with a defect.
fn lines(managed: &ManagedHooks) -> Vec<String> {
    let found = managed.defects.iter();
    let mut lines: Vec<_> = found
        .map(|(action, found)| format!("{}: {}", label(action), defects(found)))
        .collect();
    let begun = managed.creating.keys();
    let begun = begun.filter(|action| !managed.defects.contains_key(*action));
    lines.extend(begun.map(|action| texts::hook_unconfirmed(label(action))));
    lines
}

fn label(action: &str) -> &str {
    let mut events = HookEvent::ALL.iter();
    let event = events.find(|event| event.action == action);
    event.map_or(action, |event| event.label)
}
