//! Checks of all accounts.

use std::time::Duration;

use greenhouse_core::{
    AccountId,
    store::{AccountPage, AccountRecord, Records, StoreError},
    within,
};

use super::{DATABASE_DEADLINE, Finding, account, services::Services, texts};
use crate::Config;

/// Adds the findings of all accounts, or of only one.
pub(super) async fn check(
    config: &Config,
    services: &Services,
    only: Option<&AccountId>,
    findings: &mut Vec<Finding>,
) {
    let ids = match account_ids(services).await {
        Ok(ids) => ids,
        Err(error) => {
            findings.push(texts::accounts_unreadable(&error));
            return;
        }
    };
    findings.push(match ids.len() {
        0 => texts::accounts(),
        count => texts::accounts_ok(count),
    });
    if let Some(default) = &config.default_account {
        findings.push(default_account(default, &ids));
    }
    if let Some(only) = only.filter(|only| !ids.contains(only)) {
        findings.push(texts::account_unknown().at(only));
    }
    for id in ids.iter().filter(|id| only.is_none_or(|only| only == *id)) {
        match record(services, id).await {
            Ok(Some(record)) => findings.extend(check_account(services, id, record).await),
            // The account was deleted in the meantime.
            Ok(None) => {}
            Err(error) => findings.push(texts::account_unreadable(&error).at(id)),
        }
    }
}

async fn account_ids(services: &Services) -> Result<Vec<AccountId>, StoreError> {
    let mut ids = Vec::new();
    let mut after: Option<AccountId> = None;
    loop {
        let page = services
            .store
            .accounts(after.as_ref(), AccountPage::MAX_LIMIT);
        let page = within(&*services.clock, DATABASE_DEADLINE, page).await;
        let page = page.unwrap_or_else(|| Err(StoreError::unavailable(TooSlow)))?;
        ids.extend(page.accounts);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(ids),
        }
    }
}

async fn record(
    services: &Services,
    account: &AccountId,
) -> Result<Option<AccountRecord>, StoreError> {
    let record = services.store.account(account);
    let record = within(&*services.clock, DATABASE_DEADLINE, record).await;
    record.unwrap_or_else(|| Err(StoreError::unavailable(TooSlow)))
}

async fn check_account(services: &Services, id: &AccountId, record: AccountRecord) -> Vec<Finding> {
    let mut findings = Vec::new();
    let check = account::check(services, id, &record, &mut findings);
    let finished = within(&*services.clock, ACCOUNT_DEADLINE, check).await;
    if finished.is_none() {
        findings.push(texts::account_time(ACCOUNT_DEADLINE.as_secs()).at(id));
    }
    findings
}

fn default_account(default: &AccountId, ids: &[AccountId]) -> Finding {
    if ids.contains(default) {
        texts::default_account_ok()
    } else {
        texts::default_account(default)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the database did not respond within 20 seconds")]
struct TooSlow;

/// Deadline for one account, including calls to Greenhouse.
const ACCOUNT_DEADLINE: Duration = Duration::from_secs(90);
