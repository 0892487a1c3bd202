mod comparison;
mod hooks;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use greenhouse_core::{
    AccountId,
    health::Check,
    settings::AssessmentSettings,
    store::{Direction, LogFilter, LogStatus, LogSubject, LoggedEntry, StoreError, TaskKind},
};

use crate::{PartnerService, background::KINDS};

impl PartnerService {
    /// One check for each thing that can be wrong; none for a direction that is switched off.
    pub(super) async fn look(&self, account: &AccountId) -> Result<Vec<Check>, StoreError> {
        let mut checks = Vec::new();
        if let Some(settings) = self.parts.settings.assessments(account).await? {
            checks.push(partner_key(&settings, self.parts.clock.now()));
            checks.push(completion_credential(&settings));
            let refused = self
                .failed(account, Direction::ToGreenhouse, LogSubject::Notice)
                .await?;
            checks.push(notices(&refused));
            let problems = self
                .failed(account, Direction::FromGreenhouse, LogSubject::Problem)
                .await?;
            checks.push(reported_problems(&problems));
        }
        if self.parts.settings.sync(account).await?.is_some() {
            checks.push(self.webhooks(account).await?);
            checks.push(self.comparison(account).await?);
        }
        if !checks.is_empty() {
            checks.push(self.backlog(account).await?);
        }
        Ok(checks)
    }

    /// What failed within the last day, newest first.
    async fn failed(
        &self,
        account: &AccountId,
        direction: Direction,
        subject: LogSubject,
    ) -> Result<Vec<LoggedEntry>, StoreError> {
        let mut filter = LogFilter::newest(LOOKED_AT);
        filter.direction = Some(direction);
        filter.status = Some(LogStatus::Failed);
        let since = self
            .parts
            .clock
            .now()
            .checked_sub_signed(TimeDelta::days(1))
            .unwrap_or_default();
        let mut failed = Vec::new();
        // Other failures of the same direction lie between, so one page may not show them.
        for _ in 0..PAGES_LOOKED_AT {
            let page = self.parts.store.log_page(account, &filter).await?;
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

    async fn backlog(&self, account: &AccountId) -> Result<Check, StoreError> {
        let mut parts = Vec::new();
        let mut total = 0u64;
        for kind in KINDS {
            let waiting = self.parts.store.backlog(account, &[kind]).await?.count;
            total = total.saturating_add(waiting);
            if waiting > 0 {
                parts.push(format!("{waiting} {}", name(kind)));
            }
        }
        Ok(match parts.join(", ") {
            none if none.is_empty() => Check::ok("backlog", "Nothing waits."),
            waiting if total < LARGE_BACKLOG => {
                Check::ok("backlog", format!("Waiting: {waiting}."))
            }
            waiting => Check::warning(
                "backlog",
                format!("Much waits: {waiting}."),
                "See whether the product and Greenhouse answer, and whether a host runs the due work.",
            ),
        })
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
        LOOKED_AT => format!("{LOOKED_AT} or more"),
        fewer => fewer.to_string(),
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn name(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Invite => "invitations",
        TaskKind::Notify => "completion notices",
        TaskKind::TellProduct => "outcomes for the product",
        TaskKind::ReadApplication => "applications to read",
        TaskKind::FindSuccessor => "merged applications to find",
        TaskKind::ReplayIgnored => "links to look back from",
        _ => "others",
    }
}

const LOOKED_AT: usize = 50;
const PAGES_LOOKED_AT: usize = 20;
const LARGE_BACKLOG: u64 = 1000;
