//! Health checks of the direction.

mod comparison;
mod hook_states;
mod hooks;
mod managed_hooks;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    AccountId, Clock, Secret, earlier,
    health::{Check, CheckState},
    settings::{AssessmentSettings, Settings, SyncSettings},
    store::{
        Direction, LastSeen, LogFilter, LogStatus, LogSubject, LoggedEntry, Store, StoreError,
    },
};

use crate::{
    texts::{
        health::{self as texts, Count},
        time,
    },
    unknown_credentials::UnknownCredentials,
};

pub use self::hook_states::{HookState, HookStates, RefusedDelivery};

/// Health checks of the direction for an account.
#[derive(Debug)]
pub(crate) struct Checks {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) settings: Arc<dyn Settings>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) unknown_keys: Arc<UnknownCredentials>,
    pub(crate) unknown_hooks: Arc<UnknownCredentials>,
    /// `true` if the host can read applications from Greenhouse.
    pub(crate) reader: bool,
    /// Time without a delivery after which the check of webhooks warns.
    pub(crate) hook_silence: Duration,
}

impl Checks {
    /// Runs the checks for an account, without those of a direction that is switched off.
    pub(crate) async fn run(&self, account: &AccountId) -> Vec<Check> {
        match self.checks(account).await {
            Ok(checks) => checks,
            Err(error) => vec![texts::checks_failed(&error.to_string())],
        }
    }

    async fn checks(&self, account: &AccountId) -> Result<Vec<Check>, StoreError> {
        let mut checks = Vec::new();
        if let Some(settings) = self.settings.assessments(account).await? {
            let seen = self.store.last_seen(account).await?;
            let is_used = seen
                .keys()
                .any(|what| matches!(what, LastSeen::PartnerKey(_)));
            let check = partner_keys(&settings, self.clock.now());
            checks.push(self.with_unknown_key(check, is_used));
            checks.push(completion_credential(&settings));
            let (direction, subject) = (Direction::ToGreenhouse, LogSubject::Notice);
            checks.push(notices(
                &self.recent_failures(account, direction, subject).await?,
            ));
        }
        // Requests are also refused while a direction is switched off.
        let is_partner = !checks.is_empty();
        let (direction, subject) = (Direction::FromGreenhouse, LogSubject::Problem);
        let found = self.recent_failures(account, direction, subject).await?;
        if is_partner || !found.entries.is_empty() {
            checks.push(problems(&found));
        }
        if let Some(settings) = self.settings.sync(account).await? {
            checks.extend(webhook_secrets(&settings));
            checks.push(self.webhooks(account).await?);
            checks.push(self.comparison(account).await?);
        } else {
            checks.extend(self.webhooks_while_off(account).await?);
        }
        checks.extend(self.managed_hooks(account).await?);
        Ok(checks)
    }

    /// Adds a line if an unknown key was refused within the last day. Returns a warning instead if
    /// no key of the account was ever used.
    fn with_unknown_key(&self, check: Check, is_used: bool) -> Check {
        let since = earlier(self.clock.now(), Duration::from_secs(24 * 60 * 60));
        let Some(at) = self.unknown_keys.last().filter(|at| *at >= since) else {
            return check;
        };
        let at = time(at);
        if is_used || check.state != CheckState::Ok {
            return check.with_lines([texts::unknown_key_line(&at)]);
        }
        texts::unknown_key_refused(&at)
    }

    /// Reads the entries about `subject` that failed within the last day.
    async fn recent_failures(
        &self,
        account: &AccountId,
        direction: Direction,
        subject: LogSubject,
    ) -> Result<Failures, StoreError> {
        let mut filter = LogFilter::newest(PAGE);
        filter.direction = Some(direction);
        filter.status = Some(LogStatus::Failed);
        let now = self.clock.now();
        let since = now.checked_sub_signed(TimeDelta::days(1));
        filter.from = Some(since.unwrap_or_default());
        let mut failed = Failures::default();
        // The pages also contain failures about other subjects.
        for _ in 0..MAX_PAGES {
            let page = self.store.log_page(account, &filter).await?;
            let entries = page.entries.into_iter();
            let about = entries.filter(|logged| logged.entry.subject == subject);
            failed.entries.extend(about);
            filter.before = page.next;
            failed.has_more = page.next.is_some();
            if !failed.has_more {
                break;
            }
        }
        Ok(failed)
    }
}

/// Log entries about recent failures, newest first.
#[derive(Debug, Default)]
struct Failures {
    entries: Vec<LoggedEntry>,
    /// `true` if there may be more, because not all pages of the log were read.
    has_more: bool,
}

impl Failures {
    fn count(&self) -> Count {
        Count {
            entries: self.entries.len(),
            at_least: self.has_more,
        }
    }
}

fn partner_keys(settings: &AssessmentSettings, now: DateTime<Utc>) -> Check {
    let valid = settings.partner_keys.iter().filter(|key| key.is_valid(now));
    texts::partner_keys(valid.count())
}

fn completion_credential(settings: &AssessmentSettings) -> Check {
    match settings.completion {
        Some(_) => texts::completion_credential_stored(),
        None => texts::no_completion_credential(),
    }
}

/// Returns a check if a webhook secret is defective or easy to guess.
fn webhook_secrets(settings: &SyncSettings) -> Option<Check> {
    let defect = settings.secrets().iter().find_map(|one| one.check().err());
    match defect {
        Some(problem) => Some(texts::webhook_secret_defective(problem)),
        None if settings.secrets().iter().any(Secret::is_short) => {
            Some(texts::webhook_secret_short(Secret::SAFE_LENGTH))
        }
        None => None,
    }
}

fn notices(failed: &Failures) -> Check {
    match failed.entries.first() {
        Some(latest) => texts::notices_failed(failed.count(), &latest.entry.text),
        None => texts::no_notice_failed(),
    }
}

fn problems(found: &Failures) -> Check {
    match found.entries.first() {
        Some(latest) => texts::problems(found.count(), &latest.entry.text),
        None => texts::no_problem(),
    }
}

const PAGE: usize = 50;
const MAX_PAGES: usize = 20;

#[cfg(test)]
mod tests;
