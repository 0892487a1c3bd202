use std::{collections::BTreeMap, fmt};

use greenhouse_core::{
    AccountId,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{AccountSettings, PartnerKeyRecord},
    store::{
        AccountKey, AccountRecord, Changes, Decided, Proposal, Store, StoreError, Write,
        decide_and_apply,
    },
};

use super::AccountConfig;
use crate::{
    Program,
    keys::{KeyPurpose, NewKey, NoRandomness},
};

/// Brings accounts into the store, each in one commit. What the store has and these are not stays as it is.
///
/// All of them are checked before the first is written. Repeating it changes nothing; where it failed half-way, the
/// accounts before the one that is named are in the store.
///
/// # Errors
///
/// [`ApplyError`] says which account is wrong, or that the store could not be asked.
pub async fn apply(
    store: &dyn Store,
    accounts: &[AccountConfig],
) -> Result<Vec<AppliedAccount>, ApplyError> {
    check(store, accounts).await?;
    let mut applied = Vec::with_capacity(accounts.len());
    for account in accounts {
        applied.push(put(store, account).await?);
    }
    Ok(applied)
}

/// Whether these accounts go together with each other, and with what the store has. Nothing is written.
///
/// # Errors
///
/// [`ApplyError`], as [`apply`] would.
pub async fn check(store: &dyn Store, accounts: &[AccountConfig]) -> Result<(), ApplyError> {
    check_alone(accounts)?;
    for account in accounts {
        let known = store.account(&account.id).await?;
        check_keys(store, &account.id, &record(account, known)?).await?;
    }
    Ok(())
}

/// What became of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppliedAccount {
    /// The account.
    pub id: AccountId,
    /// What became of it.
    pub outcome: Outcome,
    /// The version that is in the store now.
    pub version: u64,
}

/// What applying did to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was not there before.
    New,
    /// It is different now.
    Changed,
    /// It was as it is.
    Unchanged,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
        })
    }
}

/// Why accounts cannot be brought in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// An account has no name.
    #[error("an account has an empty id")]
    NoId,
    /// An account has one set of settings.
    #[error("account {0} is there twice")]
    Twice(AccountId),
    /// Everybody would be locked out of its operator's endpoints.
    #[error("account {0} has no operator token: make one with `{program} keys operator`", program = Program::this())]
    NoOperatorToken(AccountId),
    /// A key names one account.
    #[error("account {account} has the {key} that account {holder} has")]
    KeyTaken {
        /// The account that cannot have it.
        account: AccountId,
        /// What kind of key it is.
        key: &'static str,
        /// Whose it is.
        holder: AccountId,
    },
    /// A new account needs a key for its report links.
    #[error("no key for report links could be made")]
    NoRandomness(#[from] NoRandomness),
    /// Somebody else changes the account all the time.
    #[error("account {0} was changed by somebody else again and again: nothing was written to it")]
    Busy(AccountId),
    /// The store could not be asked.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
}

/// What can be told without the store.
fn check_alone(accounts: &[AccountConfig]) -> Result<(), ApplyError> {
    let mut ids = BTreeMap::new();
    let mut keys: BTreeMap<AccountKey, &AccountId> = BTreeMap::new();
    for account in accounts {
        if account.id.as_str().trim().is_empty() {
            return Err(ApplyError::NoId);
        }
        if ids.insert(&account.id, ()).is_some() {
            return Err(ApplyError::Twice(account.id.clone()));
        }
        if account.operator_tokens.is_empty() {
            return Err(ApplyError::NoOperatorToken(account.id.clone()));
        }
        for key in record(account, None)?.keys() {
            if let Some(holder) = keys.get(&key) {
                return Err(taken(&account.id, &key, (*holder).clone()));
            }
            keys.insert(key, &account.id);
        }
    }
    Ok(())
}

async fn check_keys(
    store: &dyn Store,
    id: &AccountId,
    record: &AccountRecord,
) -> Result<(), ApplyError> {
    for key in record.keys() {
        match store.account_with_key(&key).await? {
            Some((holder, _)) if holder != *id => return Err(taken(id, &key, holder)),
            _ => {}
        }
    }
    Ok(())
}

fn taken(account: &AccountId, key: &AccountKey, holder: AccountId) -> ApplyError {
    let key = match key {
        AccountKey::Partner(_) => "partner key (assessments.partner_keys)",
        AccountKey::Operator(_) => "operator token (operator_tokens)",
        AccountKey::Hook(_) => "hook key (sync.hook_key)",
        _ => "key",
    };
    ApplyError::KeyTaken {
        account: account.clone(),
        key,
        holder,
    }
}

async fn put(store: &dyn Store, account: &AccountConfig) -> Result<AppliedAccount, ApplyError> {
    let decided = decide_and_apply(store, &account.id, || propose(store, account)).await;
    match decided.map(Decided::applied) {
        Ok(Some(applied)) => Ok(applied),
        Err(ApplyError::Store(error)) if !error.is_contended() => Err(error.into()),
        Ok(None) | Err(ApplyError::Store(_)) => Err(ApplyError::Busy(account.id.clone())),
        Err(error) => Err(error),
    }
}

async fn propose(
    store: &dyn Store,
    account: &AccountConfig,
) -> Result<Proposal<AppliedAccount>, ApplyError> {
    let known = store.account(&account.id).await?;
    let new = record(account, known.clone())?;
    let version = new.version;
    let outcome = match known {
        None => Outcome::New,
        Some(known) if known == new => {
            return Ok(Proposal::Keep(applied(
                account,
                Outcome::Unchanged,
                version,
            )));
        }
        Some(_) => Outcome::Changed,
    };
    check_keys(store, &account.id, &new).await?;
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(new));
    let applied = applied(account, outcome, version.saturating_add(1));
    Ok(Proposal::Write(changes, applied))
}

fn applied(account: &AccountConfig, outcome: Outcome, version: u64) -> AppliedAccount {
    AppliedAccount {
        id: account.id.clone(),
        outcome,
        version,
    }
}

/// The record that the store is to have, at the version that was read.
fn record(
    account: &AccountConfig,
    known: Option<AccountRecord>,
) -> Result<AccountRecord, NoRandomness> {
    let version = known.as_ref().map_or(0, |known| known.version);
    let known = known.map(|known| known.settings);
    let minted = known.as_ref().and_then(|known| known.assessments.clone());
    let own = known.map(|known| known.report_links);
    let report_links = match account.report_links.clone().or(own) {
        Some(links) => links,
        None => new_report_links()?,
    };
    let mut settings = AccountSettings::new(report_links);
    settings.assessments = account.assessments.clone();
    if let (Some(new), Some(stored)) = (&mut settings.assessments, minted) {
        keep_minted(&mut new.partner_keys, stored.partner_keys);
    }
    settings.push = account.push.clone();
    settings.sync = account.sync.clone();
    let mut record = AccountRecord::new(settings, account.operator_tokens.clone());
    record.version = version;
    Ok(record)
}

/// A file names keys by their digests: what is known of them stays, and so does every key that was minted in the database.
fn keep_minted(keys: &mut Vec<PartnerKeyRecord>, stored: Vec<PartnerKeyRecord>) {
    for record in stored {
        match keys.iter_mut().find(|key| key.digest == record.digest) {
            Some(key) if *key == PartnerKeyRecord::new(record.digest) => *key = record,
            Some(_) => {}
            None if record.created_at.is_some() => keys.push(record),
            None => {}
        }
    }
}

fn new_report_links() -> Result<ReportLinks, NoRandomness> {
    let secret = NewKey::new(KeyPurpose::ReportLink)?.key;
    // A key that was just made has an id and is long enough.
    let key = ReportLinkKey::new(FIRST_KEY, secret).map_err(|_| NoRandomness)?;
    Ok(ReportLinks::new(key, Vec::new()))
}

const FIRST_KEY: &str = "1";
