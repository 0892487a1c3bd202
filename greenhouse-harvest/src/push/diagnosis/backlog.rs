//! Work that waits too long, and the last success.

use std::time::Duration;

use chrono::SecondsFormat;
use greenhouse_core::{
    AccountId,
    health::Check,
    later,
    store::{Direction, LogFilter, LogStatus, LogSubject, StoreError, TaskKind},
};

use crate::push::engine::Engine;

pub(super) async fn checks(engine: &Engine, account: &AccountId) -> Vec<Check> {
    let mut checks = Vec::new();
    for check in [
        waiting_pushes(engine, account).await.map(Some),
        failed_pushes(engine, account).await,
        last_success(engine, account).await.map(Some),
        waiting_replays(engine, account).await,
    ] {
        checks.extend(check.unwrap_or_else(|error| Some(store_failed(&error))));
    }
    checks
}

pub(super) fn store_failed(error: &StoreError) -> Check {
    Check::problem(
        "push",
        format!("The store failed: {error}."),
        CHECK_DATABASE,
    )
}

async fn waiting_pushes(engine: &Engine, account: &AccountId) -> Result<Check, StoreError> {
    let name = "push_backlog";
    let backlog = engine.store().backlog(account, &[TaskKind::Push]).await?;
    let text = match backlog.count {
        0 => "No push is waiting.".to_owned(),
        1 => "1 push is waiting or being done.".to_owned(),
        many => format!("{many} pushes are waiting or being done."),
    };
    Ok(match backlog.oldest {
        Some(oldest) if later(oldest, LONG) < engine.now() => {
            let since = oldest.to_rfc3339_opts(SecondsFormat::Secs, true);
            Check::warning(
                name,
                format!("{text} The oldest waits since {since}."),
                RUNS,
            )
        }
        _ => Check::ok(name, text),
    })
}

/// Failed pushes, among the newest entries that failed. `None` if there are none.
async fn failed_pushes(engine: &Engine, account: &AccountId) -> Result<Option<Check>, StoreError> {
    let mut filter = LogFilter::newest(LOOKED_AT);
    filter.direction = Some(Direction::ToGreenhouse);
    filter.status = Some(LogStatus::Failed);
    let page = engine.store().log_page(account, &filter).await?;
    let entries = page.entries.iter().map(|logged| &logged.entry);
    let text = match entries
        .filter(|entry| entry.subject == LogSubject::Push)
        .count()
    {
        0 => return Ok(None),
        1 => "1 push failed.".to_owned(),
        many => format!("{many} pushes failed."),
    };
    Ok(Some(Check::warning("failed_pushes", text, RETRY)))
}

/// The time of the last push that was done, among the newest entries that say so.
async fn last_success(engine: &Engine, account: &AccountId) -> Result<Check, StoreError> {
    let name = "last_push";
    let mut filter = LogFilter::newest(LOOKED_AT);
    filter.direction = Some(Direction::ToGreenhouse);
    filter.status = Some(LogStatus::Done);
    let page = engine.store().log_page(account, &filter).await?;
    let entries = page.entries.iter().map(|logged| &logged.entry);
    let pushes = entries.filter(|entry| entry.subject == LogSubject::Push);
    Ok(match pushes.map(|entry| entry.at).max() {
        Some(at) => {
            let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
            Check::ok(name, format!("The last push was done at {at}."))
        }
        None => Check::ok(name, "No push was done yet, or none lately."),
    })
}

/// Tasks that a new link leaves to the host that takes webhooks. `None` if the account has none.
async fn waiting_replays(
    engine: &Engine,
    account: &AccountId,
) -> Result<Option<Check>, StoreError> {
    if !engine.clients.syncs(account).await? {
        return Ok(None);
    }
    let name = "push_look_back";
    let kinds = [TaskKind::ReplayIgnored];
    let waiting = engine.store().backlog(account, &kinds).await?;
    Ok(Some(match waiting.oldest {
        Some(oldest) if later(oldest, LONG) < engine.now() => {
            let since = oldest.to_rfc3339_opts(SecondsFormat::Secs, true);
            Check::warning(
                name,
                format!(
                    "Since {since} nobody has looked whether web hooks came in before their push was known. Pushes that wait \
                     for it: {}.",
                    waiting.count
                ),
                "See that a host runs PartnerService with its work in the background, on this database. Where none is to take \
                 web hooks in, switch the sync off.",
            )
        }
        _ => Check::ok(
            name,
            "No push waits for a look at web hooks that came in before it was known.",
        ),
    }))
}

/// Age at which a waiting task is reported.
const LONG: Duration = Duration::from_secs(900);
const RUNS: &str = "See that a host runs and does its work in the background, and in the sync log what the pushes wait for.";
const RETRY: &str =
    "Open the sync log, correct what the entry of each failed push names, and retry it.";
/// Number of the newest entries that are searched for a push.
const LOOKED_AT: usize = 100;
pub(super) const CHECK_DATABASE: &str = "Check the database.";
