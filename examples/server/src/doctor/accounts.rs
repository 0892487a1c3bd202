//! Whether there are accounts that can be served; each is then looked at for itself.

use std::time::Duration;

use greenhouse_core::{
    AccountId, chain,
    store::{AccountPage, AccountRecord, Records, StoreError},
    within,
};

use super::{Finding, PATIENCE, about, account, services::Services};
use crate::{Config, Program};

/// Looks at all accounts, or at this one.
pub(super) async fn look(
    config: &Config,
    services: &Services,
    only: Option<&AccountId>,
    findings: &mut Vec<Finding>,
) {
    let program = Program::this();
    let ids = match all(services).await {
        Ok(ids) => ids,
        Err(error) => {
            findings.push(Finding::problem(
                about::ACCOUNTS,
                format!("The accounts cannot be read: {}.", chain(&error)),
                "Look at the database: it opens, and a table of it cannot be read. Where it is damaged, restore a backup.",
            ));
            return;
        }
    };
    if ids.is_empty() {
        findings.push(Finding::problem(
            about::ACCOUNTS,
            "There is no account, so that no host starts.",
            format!("Bring one in with `{program} accounts apply ACCOUNTS`."),
        ));
    } else {
        findings.push(Finding::ok(
            about::ACCOUNTS,
            format!("Accounts: {}.", ids.len()),
        ));
    }
    if let Some(default) = &config.default_account {
        findings.push(default_account(default, &ids));
    }
    if let Some(only) = only.filter(|only| !ids.contains(only)) {
        findings.push(
            Finding::problem(
                about::ACCOUNT_UNKNOWN,
                "There is no such account.",
                format!("`{program} accounts list` shows them; `{program} accounts apply ACCOUNTS` brings one in."),
            )
            .at(only),
        );
    }
    for id in ids.iter().filter(|id| only.is_none_or(|only| only == *id)) {
        match record(services, id).await {
            Ok(Some(record)) => findings.extend(in_time(services, id, record).await),
            // It was removed meanwhile.
            Ok(None) => {}
            Err(error) => findings.push(unreadable(id, &error)),
        }
    }
}

async fn all(services: &Services) -> Result<Vec<AccountId>, StoreError> {
    let mut ids = Vec::new();
    let mut after: Option<AccountId> = None;
    loop {
        let page = services
            .store
            .accounts(after.as_ref(), AccountPage::MAX_LIMIT);
        let page = within(&*services.clock, PATIENCE, page).await;
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
    let record = within(&*services.clock, PATIENCE, record).await;
    record.unwrap_or_else(|| Err(StoreError::unavailable(TooSlow)))
}

async fn in_time(services: &Services, id: &AccountId, record: AccountRecord) -> Vec<Finding> {
    let mut findings = Vec::new();
    let look = account::look(services, id, &record, &mut findings);
    if within(&*services.clock, LONGEST, look).await.is_none() {
        let seconds = LONGEST.as_secs();
        let late = Finding::problem(
            about::ACCOUNT_TIME,
            format!("It could not be looked at to the end within {seconds} seconds."),
            "See that this host can reach harvest.greenhouse.io and auth.greenhouse.io and that the database answers, and \
             look again when there is less to do.",
        );
        findings.push(late.at(id));
    }
    findings
}

fn default_account(default: &AccountId, ids: &[AccountId]) -> Finding {
    if ids.contains(default) {
        return Finding::ok(about::DEFAULT_ACCOUNT, "It is one of the accounts.");
    }
    let program = Program::this();
    Finding::problem(
        about::DEFAULT_ACCOUNT,
        format!("There is no account {default}, so that no host starts."),
        format!(
            "Correct default_account (GREENHOUSE_DEFAULT_ACCOUNT) or take it out; `{program} accounts list` shows the accounts."
        ),
    )
}

fn unreadable(account: &AccountId, error: &StoreError) -> Finding {
    Finding::problem(
        about::ACCOUNT_UNREADABLE,
        format!(
            "Its record cannot be read, so that no host starts: {}.",
            chain(error)
        ),
        "Restore the database from a backup: what is stored of this account is damaged.",
    )
    .at(account)
}

/// Why a table was not read.
#[derive(Debug, thiserror::Error)]
#[error("it gave no answer in time")]
struct TooSlow;

/// How long one account may take, with everything that Greenhouse is asked.
const LONGEST: Duration = Duration::from_secs(90);
