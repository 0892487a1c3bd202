use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, WebhookAdmin, WebhookAdminError, later,
    managed_hooks::{
        HookOwner, HookPlan, HookRemoval, HookStep, PlannedHook, form, plan, plan_removal,
    },
    settings::{HookCreation, HookDefect, ManagedHook, ManagedHooks, SyncSettings},
};

use super::{
    CALL_WITHIN, HookAction, HookError, HookManager, HookOutcome, HookReport, HookResult,
    RUN_WITHIN, managed,
};
use crate::texts::{hooks as texts, time};

impl HookManager {
    /// Carries out an action for an account.
    pub(crate) async fn run(
        &self,
        account: &AccountId,
        action: HookAction,
    ) -> Result<HookReport, HookError> {
        let report = match action {
            HookAction::Remove => self.remove(account).await?,
            _ => self.manage(account, action).await?,
        };
        let mut counts: BTreeMap<HookOutcome, usize> = BTreeMap::new();
        for hook in &report.hooks {
            *counts.entry(hook.result).or_default() += 1;
        }
        tracing::info!(%account, ?action, ?counts, "webhooks in Greenhouse processed");
        Ok(report)
    }

    async fn manage(
        &self,
        account: &AccountId,
        action: HookAction,
    ) -> Result<HookReport, HookError> {
        let admin = self.usable()?;
        let record = self.record(account).await?;
        let before = managed(&record);
        let settings = record.settings;
        let sync = settings
            .sync
            .filter(|sync| sync.enabled && settings.enabled);
        let sync = sync.ok_or(HookError::SwitchedOff)?;
        self.call(admin.permission(account)).await?;
        let rows = self.call(admin.list(account)).await?;
        let now = self.writer.now();
        let plan = plan(self.addresses.base(), &sync, &before, &rows, now);
        let observed = plan.observed(&before, now);

        let writes = action != HookAction::Check;
        let to_create = plan.hooks.iter().filter(|_| writes);
        let to_create = to_create.filter(|hook| hook.step == HookStep::Create);
        let to_create: Vec<_> = to_create.map(|hook| hook.event.action).collect();
        let latest = later(later(now, RUN_WITHIN + CALL_WITHIN), self.settle_time);
        let tag = sync.secret_tag();
        // The creations are journaled before the first one is sent.
        self.change_from(account, &before, |state| {
            *state = observed.clone();
            for action in &to_create {
                let begun = HookCreation::new(tag.as_str(), latest);
                state.creating.insert((*action).to_owned(), begun);
            }
        })
        .await?;

        let mut run = Run::new(self, admin, account, &sync, now);
        let mut hooks = Vec::new();
        for hook in &plan.hooks {
            let result = match &hook.step {
                HookStep::Create if writes => run.create(hook.event.action).await?,
                HookStep::Update(_) if action == HookAction::Repair => run.update(hook).await?,
                _ => shown(hook),
            };
            hooks.push(result.with_defects(hook.defects()));
        }
        run.find_unconfirmed(&mut hooks).await?;
        run.surplus(&plan, action, &mut hooks).await?;
        self.record_results(account, &hooks, now).await?;
        run.refused_or(HookReport {
            action,
            hooks,
            foreign: plan.foreign,
        })
    }

    /// Records which defects are left.
    async fn record_results(
        &self,
        account: &AccountId,
        hooks: &[HookResult],
        now: DateTime<Utc>,
    ) -> Result<(), HookError> {
        let is_left = |hook: &&HookResult| !hook.result.works() && !hook.defects.is_empty();
        let left = hooks.iter().filter(is_left);
        let left: BTreeMap<_, _> = left
            .map(|hook| (hook.action.clone(), hook.defects.clone()))
            .collect();
        self.change(account, |state| {
            state.defects = left.clone();
            state.failure = None;
        })
        .await?;
        Ok(self.note_check(account, now).await?)
    }

    /// Deletes the webhooks that the host created. Also possible while the webhooks are switched
    /// off or their settings are removed.
    pub(super) async fn remove(&self, account: &AccountId) -> Result<HookReport, HookError> {
        let admin = self.admin.as_deref().ok_or(HookError::NoCredential)?;
        let record = self.record(account).await?;
        let before = managed(&record);
        let rows = self.call(admin.list(account)).await?;
        let now = self.writer.now();
        let key = record.settings.sync.as_ref().map(|sync| &sync.hook_key);
        let owner = HookOwner::new(self.addresses.base(), key, &before);
        let mut removals = plan_removal(&owner, &rows);
        // A webhook that was just created may not be listed yet.
        let is_listed = |id: i64| rows.iter().any(|row| row.id == id);
        let new = before
            .hooks
            .iter()
            .filter(|(_, hook)| hook.trusted_from > now && !is_listed(hook.id));
        removals.extend(new.map(|(action, hook)| HookRemoval::new(action.as_str(), hook.id)));
        let foreign = rows.iter().filter(|row| !owner.owns(row)).count();

        let until = later(now, RUN_WITHIN);
        let mut hooks = Vec::new();
        for HookRemoval { action, id, .. } in &removals {
            let result = if self.writer.now() >= until {
                not_attempted(action, Some(*id))
            } else {
                match self.call(admin.delete(account, *id)).await {
                    Ok(()) => HookResult::new(action, Some(*id), HookOutcome::Removed),
                    Err(error) => HookResult::failed(action, Some(*id), error),
                }
            };
            hooks.push(result);
        }
        let left = hooks
            .iter()
            .filter(|hook| hook.result != HookOutcome::Removed);
        let left: BTreeSet<_> = left.filter_map(|hook| hook.id).collect();
        self.change_from(account, &before, |state| {
            state.hooks.retain(|_, hook| left.contains(&hook.id));
            state.creating.retain(|_, begun| begun.trusted_from > now);
            state.defects.clear();
            state.failure = None;
        })
        .await?;
        let state = managed(&self.record(account).await?);
        for action in state.creating.keys() {
            hooks.push(unconfirmed(action, None));
        }
        Ok(HookReport {
            action: HookAction::Remove,
            hooks,
            foreign,
        })
    }
}

/// Writes of one run.
struct Run<'a> {
    manager: &'a HookManager,
    admin: &'a dyn WebhookAdmin,
    account: &'a AccountId,
    sync: &'a SyncSettings,
    tag: String,
    /// Time after which no call is begun.
    until: DateTime<Utc>,
    /// Refusal after which no call is begun.
    refused: Option<WebhookAdminError>,
    /// `true` if a write succeeded or may have.
    has_written: bool,
}

impl<'a> Run<'a> {
    fn new(
        manager: &'a HookManager,
        admin: &'a dyn WebhookAdmin,
        account: &'a AccountId,
        sync: &'a SyncSettings,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            manager,
            admin,
            account,
            sync,
            tag: sync.secret_tag(),
            until: later(now, RUN_WITHIN),
            refused: None,
            has_written: false,
        }
    }

    /// Returns `true` if no further call may be begun.
    fn is_over(&self) -> bool {
        self.refused.is_some() || self.manager.writer.now() >= self.until
    }

    async fn create(&mut self, action: &str) -> Result<HookResult, HookError> {
        let form = form(self.manager.addresses.base(), self.sync, action);
        let Some(form) = form.filter(|_| !self.is_over()) else {
            self.not_created(action).await?;
            return Ok(not_attempted(action, None));
        };
        let created = self.admin.create(self.account, &form);
        match self.manager.call(created).await {
            Ok(id) => {
                self.has_written = true;
                self.record(action, id).await?;
                Ok(HookResult::new(action, Some(id), HookOutcome::Created))
            }
            Err(WebhookAdminError::Unknown { .. }) => {
                self.has_written = true;
                let until = later(self.manager.writer.now(), self.manager.settle_time);
                let begun = HookCreation::new(self.tag.as_str(), until);
                self.change(|state| {
                    state.creating.insert(action.to_owned(), begun.clone());
                })
                .await?;
                Ok(unconfirmed(action, Some(until)))
            }
            Err(error) => {
                self.not_created(action).await?;
                Ok(self.failed(action, None, error))
            }
        }
    }

    /// Searches the webhooks whose creation has an unknown outcome. A list that fails changes
    /// nothing.
    async fn find_unconfirmed(&mut self, hooks: &mut [HookResult]) -> Result<(), HookError> {
        let is_unconfirmed = |hook: &HookResult| hook.result == HookOutcome::Unconfirmed;
        if !hooks.iter().any(is_unconfirmed) || !self.has_written || self.is_over() {
            return Ok(());
        }
        let Ok(rows) = self.manager.call(self.admin.list(self.account)).await else {
            return Ok(());
        };
        let state = managed(&self.manager.record(self.account).await?);
        let now = self.manager.writer.now();
        let base = self.manager.addresses.base();
        let found = plan(base, self.sync, &state, &rows, now);
        for hook in hooks.iter_mut().filter(|hook| is_unconfirmed(hook)) {
            let mut own = found.hooks.iter();
            let own = own.find(|own| own.event.action == hook.action && own.made);
            if let Some(id) = own.and_then(|own| own.id) {
                self.record(&hook.action, id).await?;
                *hook = HookResult::new(&hook.action, Some(id), HookOutcome::Created)
                    .with_defects(hook.defects.clone());
            }
        }
        Ok(())
    }

    async fn update(&mut self, hook: &PlannedHook) -> Result<HookResult, HookError> {
        let action = hook.event.action;
        let form = form(self.manager.addresses.base(), self.sync, action);
        let (Some(id), Some(form)) = (hook.id, form.filter(|_| !self.is_over())) else {
            return Ok(not_attempted(action, hook.id));
        };
        let updated = self.admin.update(self.account, id, &form);
        match self.manager.call(updated).await {
            Ok(()) => {
                self.has_written = true;
                if hook.made {
                    self.record(action, id).await?;
                }
                Ok(HookResult::new(action, Some(id), HookOutcome::Repaired))
            }
            Err(error) => Ok(self.failed(action, Some(id), error)),
        }
    }

    /// Deletes webhooks of the host that are not needed, if the action is a repair. Otherwise only
    /// reports them.
    async fn surplus(
        &mut self,
        plan: &HookPlan,
        action: HookAction,
        hooks: &mut Vec<HookResult>,
    ) -> Result<(), HookError> {
        for HookRemoval {
            action: event, id, ..
        } in &plan.surplus
        {
            let result = if action != HookAction::Repair {
                HookResult::new(event, Some(*id), HookOutcome::Defective)
                    .explained(texts::DUPLICATE.to_owned(), texts::REPAIR.to_owned())
            } else if self.is_over() {
                not_attempted(event, Some(*id))
            } else {
                let deleted = self.admin.delete(self.account, *id);
                match self.manager.call(deleted).await {
                    Ok(()) => {
                        self.has_written = true;
                        self.change(|state| state.removed(*id)).await?;
                        HookResult::new(event, Some(*id), HookOutcome::Repaired)
                    }
                    Err(error) => self.failed(event, Some(*id), error),
                }
            };
            hooks.push(result.with_defects(BTreeSet::from([HookDefect::Duplicate])));
        }
        Ok(())
    }

    /// Returns the report, or the refusal if it prevented every write.
    fn refused_or(self, report: HookReport) -> Result<HookReport, HookError> {
        match self.refused {
            Some(error) if !self.has_written => Err(error.into()),
            _ => Ok(report),
        }
    }

    fn failed(&mut self, action: &str, id: Option<i64>, error: WebhookAdminError) -> HookResult {
        // What the credential may not do for one event, it may not do for any.
        if !matches!(
            error,
            WebhookAdminError::Refused { .. } | WebhookAdminError::Unknown { .. }
        ) {
            self.refused = Some(error.clone());
        }
        HookResult::failed(action, id, error)
    }

    async fn record(&self, action: &str, id: i64) -> Result<(), HookError> {
        let trusted_from = later(self.manager.writer.now(), self.manager.settle_time);
        let hook = ManagedHook::new(id, self.tag.as_str(), trusted_from);
        self.change(|state| state.created(action, hook.clone()))
            .await
    }

    async fn not_created(&self, action: &str) -> Result<(), HookError> {
        self.change(|state| drop(state.creating.remove(action)))
            .await
    }

    async fn change(&self, change: impl Fn(&mut ManagedHooks) + Sync) -> Result<(), HookError> {
        self.manager.change(self.account, change).await
    }
}

/// Result for an event that is not changed.
fn shown(hook: &PlannedHook) -> HookResult {
    let action = hook.event.action;
    match &hook.step {
        HookStep::Leave => HookResult::new(action, hook.id, HookOutcome::Ok),
        HookStep::Wait { until } => unconfirmed(action, Some(*until)),
        _ => HookResult::new(action, hook.id, HookOutcome::Defective).explained(
            texts::defects(&hook.defects()),
            match hook.id {
                Some(_) => texts::REPAIR.to_owned(),
                None => texts::CREATE.to_owned(),
            },
        ),
    }
}

fn not_attempted(action: &str, id: Option<i64>) -> HookResult {
    HookResult::new(action, id, HookOutcome::NotAttempted)
        .explained(texts::NOT_ATTEMPTED.to_owned(), texts::TRY_AGAIN.to_owned())
}

fn unconfirmed(action: &str, until: Option<DateTime<Utc>>) -> HookResult {
    let remedy = match until {
        Some(until) => texts::try_again_after(&time(until)),
        None => texts::TRY_AGAIN.to_owned(),
    };
    HookResult::new(action, None, HookOutcome::Unconfirmed)
        .explained(texts::UNCONFIRMED.to_owned(), remedy)
}
