//! Checks that need only the store: waiting tasks, failed pushes, the last finished push, results
//! and statuses of invited candidates, rules, tests by stage, and the backfill.

use std::time::Duration;

use futures_util::join;
use greenhouse_core::{
    AccountId,
    health::Check,
    later,
    rules::RuleMode,
    store::{
        BackfillKind, BackfillState, Direction, LastSeen, LogFilter, LogStatus, LogSubject,
        StoreError, TaskKind,
    },
};

use crate::push::{
    engine::Engine,
    texts::{backfill as backfill_texts, diagnosis as texts, time},
};

pub(super) async fn checks(engine: &Engine, account: &AccountId) -> Vec<Check> {
    let mut checks = Vec::new();
    let (waiting, failed, last, replays, invited, statuses, rules, backfill, webhooks) = join!(
        waiting_pushes(engine, account),
        failed_pushes(engine, account),
        last_success(engine, account),
        waiting_replays(engine, account),
        invited_results(engine, account),
        statuses(engine, account),
        rules_today(engine, account),
        backfill_state(engine, account),
        stage_webhooks(engine, account),
    );
    let found = [
        waiting.map(Some),
        failed,
        last.map(Some),
        replays,
        invited,
        statuses,
        rules,
        backfill,
        webhooks,
    ];
    for check in found {
        checks.extend(check.unwrap_or_else(|error| Some(texts::store_failed(&error.to_string()))));
    }
    checks
}

async fn waiting_pushes(engine: &Engine, account: &AccountId) -> Result<Check, StoreError> {
    let backlog = engine.store().backlog(account, &[TaskKind::Push]).await?;
    Ok(match backlog.oldest {
        Some(oldest) if later(oldest, LONG) < engine.now() => {
            texts::pushes_late(backlog.count, &time(oldest))
        }
        _ => texts::pushes_waiting(backlog.count),
    })
}

/// Reports failed pushes among the newest failures. `None` if there are none.
async fn failed_pushes(engine: &Engine, account: &AccountId) -> Result<Option<Check>, StoreError> {
    let mut filter = LogFilter::newest(ENTRIES);
    filter.direction = Some(Direction::ToGreenhouse);
    filter.status = Some(LogStatus::Failed);
    let page = engine.store().log_page(account, &filter).await?;
    let entries = page.entries.iter().map(|logged| &logged.entry);
    let pushes = entries.filter(|entry| entry.subject == LogSubject::Push);
    Ok(match pushes.count() {
        0 => None,
        count => Some(texts::failed_pushes(count)),
    })
}

/// Reports the last finished push among the newest entries of the sync log.
async fn last_success(engine: &Engine, account: &AccountId) -> Result<Check, StoreError> {
    let mut filter = LogFilter::newest(ENTRIES);
    filter.direction = Some(Direction::ToGreenhouse);
    filter.status = Some(LogStatus::Done);
    let page = engine.store().log_page(account, &filter).await?;
    let entries = page.entries.iter().map(|logged| &logged.entry);
    let pushes = entries.filter(|entry| entry.subject == LogSubject::Push);
    Ok(match pushes.map(|entry| entry.at).max() {
        Some(at) => texts::last_push(&time(at)),
        None => texts::no_last_push(),
    })
}

/// Reports new links that wait for a check of earlier webhooks. `None` if the account receives no
/// webhooks.
async fn waiting_replays(
    engine: &Engine,
    account: &AccountId,
) -> Result<Option<Check>, StoreError> {
    if !engine.clients.syncs(account).await? {
        return Ok(None);
    }
    let kinds = [TaskKind::ReplayIgnored];
    let waiting = engine.store().backlog(account, &kinds).await?;
    Ok(Some(match waiting.oldest {
        Some(oldest) if later(oldest, LONG) < engine.now() => {
            texts::replays_late(waiting.count, &time(oldest))
        }
        _ => texts::no_replay_waiting(),
    }))
}

/// Reports whether results of invited candidates are written. `None` if the setting is off.
async fn invited_results(
    engine: &Engine,
    account: &AccountId,
) -> Result<Option<Check>, StoreError> {
    let settings = engine.ports.settings();
    let push = settings.push(account).await?;
    if push.is_none_or(|push| !push.invited_results) {
        return Ok(None);
    }
    Ok(Some(match settings.assessments(account).await? {
        Some(_) => texts::invited_results_written(),
        None => texts::no_invited_results(),
    }))
}

/// Reports whether webhooks about stage changes arrive. `None` if no stage has a test.
async fn stage_webhooks(engine: &Engine, account: &AccountId) -> Result<Option<Check>, StoreError> {
    let push = engine.ports.settings().push(account).await?;
    if push.is_none_or(|push| push.stage_tests.is_empty()) {
        return Ok(None);
    }
    if !engine.clients.syncs(account).await? {
        return Ok(Some(texts::stage_test_webhooks_off()));
    }
    let seen = engine.store().last_seen(account).await?;
    Ok(Some(
        match seen.get(&LastSeen::Hook(STAGE_CHANGE.to_owned())) {
            Some(at) => texts::stage_webhooks_arrive(&time(*at)),
            None => texts::no_stage_webhook(),
        },
    ))
}

/// Reports whether statuses of tests are written. `None` if the setting is off.
async fn statuses(engine: &Engine, account: &AccountId) -> Result<Option<Check>, StoreError> {
    let settings = engine.ports.settings();
    let push = settings.push(account).await?;
    let Some(push) = push.filter(|push| push.status_field.is_some()) else {
        return Ok(None);
    };
    let mut filter = LogFilter::newest(ENTRIES);
    filter.direction = Some(Direction::ToGreenhouse);
    filter.status = Some(LogStatus::Failed);
    let page = engine.store().log_page(account, &filter).await?;
    let entries = page.entries.iter().map(|logged| &logged.entry);
    let failed = entries.filter(|entry| entry.subject == LogSubject::StatusField);
    let kinds = [TaskKind::WriteStatus];
    let waiting = engine.store().backlog(account, &kinds).await?;
    let late = waiting.oldest;
    let late = late.filter(|oldest| later(*oldest, STUCK) < engine.now());
    Ok(Some(match failed.count() {
        0 if push.stage_tests.is_empty() && settings.assessments(account).await?.is_none() => {
            texts::no_statuses()
        }
        0 => match late {
            Some(oldest) => texts::statuses_late(waiting.count, &time(oldest)),
            None => texts::statuses_written(),
        },
        count => texts::statuses_failed(count),
    }))
}

/// Reports what the rules did today. `None` if they are off.
async fn rules_today(engine: &Engine, account: &AccountId) -> Result<Option<Check>, StoreError> {
    let push = engine.ports.settings().push(account).await?;
    let Some(push) = push.filter(|push| push.rules.is_on()) else {
        return Ok(None);
    };
    if push.rules.mode == RuleMode::DryRun {
        return Ok(Some(texts::rules_in_dry_run()));
    }
    let today = engine.now().date_naive();
    let used = engine.store().rule_day(account, today).await?;
    Ok(Some(match used {
        Some(used) if used.held > 0 => texts::rules_at_limit(push.rules.daily_limit, used.held),
        used => texts::rules_acted(used.map_or(0, |used| used.begun)),
    }))
}

/// Reports the backfill. `None` if there is none or it has ended.
async fn backfill_state(engine: &Engine, account: &AccountId) -> Result<Option<Check>, StoreError> {
    let kind = BackfillKind::Push;
    let Some(record) = engine.store().backfill(account, kind).await? else {
        return Ok(None);
    };
    let (failed, ended) = (record.counts.failed, record.progress().0);
    Ok(match record.state {
        BackfillState::Done | BackfillState::Cancelled => None,
        _ if failed >= MANY && failed.saturating_mul(10) >= ended => {
            Some(backfill_texts::check_failing(failed, ended))
        }
        BackfillState::Paused => Some(backfill_texts::check_paused(&record)),
        BackfillState::Running if later(record.progress_at, STUCK) < engine.now() => {
            let since = time(record.progress_at);
            Some(backfill_texts::check_stuck(&record, &since))
        }
        BackfillState::Running => Some(backfill_texts::check_running(&record)),
    })
}

/// Age at which a waiting task is reported.
const LONG: Duration = Duration::from_secs(900);
/// Time without progress after which a backfill or a status that waits is reported.
const STUCK: Duration = Duration::from_secs(3600);
/// Number of failed pushes of a backfill that is reported, if it is a tenth of the ended ones.
const MANY: u64 = 10;
/// Number of newest entries that are searched for pushes.
const ENTRIES: usize = 100;
/// Action of webhooks about stage changes.
const STAGE_CHANGE: &str = "candidate_stage_change";
