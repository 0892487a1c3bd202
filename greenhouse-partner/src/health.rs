//! Health checks of the direction.

mod comparison;
mod hooks;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use greenhouse_core::{
    AccountId, Clock,
    health::Check,
    settings::{AssessmentSettings, Settings},
    store::{Direction, LogFilter, LogStatus, LogSubject, LoggedEntry, Store, StoreError},
};

/// Checks that the direction works for an account.
#[derive(Debug)]
pub(crate) struct Checks {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) settings: Arc<dyn Settings>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Whether the host can read applications in Greenhouse.
    pub(crate) reader: bool,
    /// Time without a delivery after which health warns.
    pub(crate) hook_silence: Duration,
}

impl Checks {
    /// Runs one check for each thing that can be wrong; none for a direction that is switched off.
    pub(crate) async fn run(&self, account: &AccountId) -> Vec<Check> {
        match self.checks(account).await {
            Ok(checks) => checks,
            Err(error) => vec![Check::problem(
                "store",
                format!("The checks could not be made: {error}."),
                "Look at the database and at the host's log.",
            )],
        }
    }

    async fn checks(&self, account: &AccountId) -> Result<Vec<Check>, StoreError> {
        let mut checks = Vec::new();
        if let Some(settings) = self.settings.assessments(account).await? {
            checks.push(partner_key(&settings, self.clock.now()));
            checks.push(completion_credential(&settings));
            let (direction, subject) = (Direction::ToGreenhouse, LogSubject::Notice);
            checks.push(notices(&self.failed(account, direction, subject).await?));
            let (direction, subject) = (Direction::FromGreenhouse, LogSubject::Problem);
            let problems = self.failed(account, direction, subject).await?;
            checks.push(reported_problems(&problems));
        }
        if self.settings.sync(account).await?.is_some() {
            checks.push(self.webhooks(account).await?);
            checks.push(self.comparison(account).await?);
        }
        Ok(checks)
    }

    /// Entries that failed within the last day, newest first.
    async fn failed(
        &self,
        account: &AccountId,
        direction: Direction,
        subject: LogSubject,
    ) -> Result<Vec<LoggedEntry>, StoreError> {
        let mut filter = LogFilter::newest(PAGE);
        filter.direction = Some(direction);
        filter.status = Some(LogStatus::Failed);
        let now = self.clock.now();
        let since = now
            .checked_sub_signed(TimeDelta::days(1))
            .unwrap_or_default();
        let mut failed = Vec::new();
        // Other failures of the same direction lie between, so one page may not show them.
        for _ in 0..MOST_PAGES {
            let page = self.store.log_page(account, &filter).await?;
            let entries = page.entries.into_iter();
            failed.extend(
                entries
                    .filter(|logged| logged.entry.subject == subject && logged.entry.at >= since),
            );
            filter.before = page.next;
            if page.next.is_none() {
                break;
            }
        }
        Ok(failed)
    }
}

fn partner_key(settings: &AssessmentSettings, now: DateTime<Utc>) -> Check {
    let valid = settings.partner_keys.iter().filter(|key| key.is_valid(now));
    match valid.count() {
        0 => Check::problem(
            "partner_key",
            "There is no valid partner key, so Greenhouse cannot send candidates.",
            "Mint a partner key and give it to Greenhouse together with the addresses of the endpoints.",
        ),
        1 => Check::ok("partner_key", "One partner key is valid."),
        keys => Check::ok("partner_key", format!("{keys} partner keys are valid.")),
    }
}

fn completion_credential(settings: &AssessmentSettings) -> Check {
    match &settings.completion {
        Some(_) => Check::ok("completion_credential", "There is a completion credential."),
        None => Check::warning(
            "completion_credential",
            "There is no completion credential, so Greenhouse learns of results only when it asks.",
            "Ask Greenhouse for the credential of the completion call (it is not the partner key) and store it.",
        ),
    }
}

fn notices(refused: &[LoggedEntry]) -> Check {
    let what = match refused {
        [] => return Check::ok("notices", "No completion notice was refused within a day."),
        [_] => "1 completion notice was refused".to_owned(),
        several => format!("{} completion notices were refused", count(several)),
    };
    Check::problem(
        "notices",
        format!("{what} within a day; the last: {}", last_text(refused)),
        "Check the completion credential, then retry the entries in the sync log.",
    )
}

fn reported_problems(problems: &[LoggedEntry]) -> Check {
    if problems.is_empty() {
        return Check::ok("problems", "No problem within a day.");
    }
    Check::warning(
        "problems",
        format!(
            "{} problem(s) within a day; the last: {}",
            count(problems),
            last_text(problems)
        ),
        "Read the failed entries of the sync log.",
    )
}

fn last_text(entries: &[LoggedEntry]) -> &str {
    entries.first().map_or("", |logged| &logged.entry.text)
}

/// A full page may not be all of them.
fn count(entries: &[LoggedEntry]) -> String {
    match entries.len() {
        PAGE => format!("{PAGE} or more"),
        fewer => fewer.to_string(),
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

const PAGE: usize = 50;
const MOST_PAGES: usize = 20;
