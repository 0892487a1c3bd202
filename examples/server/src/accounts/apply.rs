use std::{collections::BTreeMap, fmt};

use greenhouse_core::{
    AccountId, AccountIdError, Secret,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{AccountSettings, KeyDigest, PartnerKeyRecord, SyncSettings},
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

/// Creates or updates accounts, each in one commit. Other accounts in the store do not change.
///
/// A revoked partner key stays revoked, even if it is listed in `accounts`. An account that is
/// switched off stays off.
///
/// Every account is checked before the first one is written. Repeating the call changes nothing. If
/// a write fails, earlier accounts in the list have already been written.
///
/// # Errors
///
/// [`ApplyError`] if an account is invalid, conflicts with another one, or could not be written.
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

/// Checks these accounts for conflicts with each other and with the store. Writes nothing.
///
/// # Errors
///
/// The [`ApplyError`] that [`apply`] would return.
pub async fn check(store: &dyn Store, accounts: &[AccountConfig]) -> Result<(), ApplyError> {
    check_file(accounts)?;
    for account in accounts {
        let known = store.account(&account.id).await?;
        check_keys(store, &account.id, &record(account, known)?).await?;
    }
    Ok(())
}

/// Result of applying one account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppliedAccount {
    /// Id of the account.
    pub id: AccountId,
    /// Effect on the account.
    pub outcome: Outcome,
    /// Version of the account in the store.
    pub version: u64,
    /// Ids of the listed partner keys that were revoked earlier. They stay revoked.
    pub revoked_keys: Vec<String>,
}

/// Effect of applying an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The account was created.
    New,
    /// The account was updated.
    Changed,
    /// The account was up to date.
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

/// Error returned by [`apply`] and [`check`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// An account has a blank id.
    #[error("account {position} has a blank id; set `id` to the account's name")]
    NoId {
        /// Position in the list, counted from 1.
        position: usize,
    },
    /// The id of an account is invalid.
    #[error("account {position}: {problem}; correct its `id`")]
    InvalidId {
        /// Position in the list, counted from 1.
        position: usize,
        /// Problem with the id.
        problem: AccountIdError,
    },
    /// A secret or key of an account is invalid.
    #[error("account {account}: {setting}: {reason}")]
    InvalidSecret {
        /// Id of the account.
        account: AccountId,
        /// Path of the setting in the account, such as `sync.secrets`.
        setting: &'static str,
        /// Problem with the value, and its remedy.
        reason: String,
    },
    /// Two accounts have the same id.
    #[error("account {0} is listed twice; remove one of its [[accounts]] sections")]
    Twice(AccountId),
    /// The account has no operator token, so no caller could use its operator endpoints.
    #[error(
        "account {0} has no operator token; add the digest of a token to `operator_tokens` \
         (`{program} keys operator` creates one)",
        program = Program::this()
    )]
    NoOperatorToken(AccountId),
    /// Two accounts have the same key.
    #[error("account {account} has the {key} of account {holder}; each account needs its own")]
    KeyTaken {
        /// Account that cannot be applied.
        account: AccountId,
        /// Kind of the key, with its setting.
        key: &'static str,
        /// Other account with the key, in the list or in the store.
        holder: AccountId,
    },
    /// The report link key of a new account could not be created.
    #[error("could not create a key for report links")]
    NoRandomness(#[from] NoRandomness),
    /// Other writers changed the account during every attempt.
    #[error("account {0} was not written, because other programs keep changing it; try again")]
    Busy(AccountId),
    /// The store failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

/// Checks the accounts for conflicts with each other.
fn check_file(accounts: &[AccountConfig]) -> Result<(), ApplyError> {
    let mut ids = BTreeMap::new();
    let mut keys: BTreeMap<AccountKey, &AccountId> = BTreeMap::new();
    for (index, account) in accounts.iter().enumerate() {
        if account.id.as_str().trim().is_empty() {
            let position = index + 1;
            return Err(ApplyError::NoId { position });
        }
        account.id.check().map_err(|problem| {
            let position = index + 1;
            ApplyError::InvalidId { position, problem }
        })?;
        check_secrets(account)?;
        if ids.insert(&account.id, ()).is_some() {
            return Err(ApplyError::Twice(account.id.clone()));
        }
        if account.operator_tokens.is_empty() {
            return Err(ApplyError::NoOperatorToken(account.id.clone()));
        }
        for key in record(account, None)?.keys() {
            if let Some(holder) = keys.get(&key) {
                return Err(key_taken(&account.id, &key, (*holder).clone()));
            }
            keys.insert(key, &account.id);
        }
    }
    Ok(())
}

/// Checks the secrets and keys of an account. Those in a file were already checked when it was
/// read, but a host can also build accounts in code.
fn check_secrets(account: &AccountConfig) -> Result<(), ApplyError> {
    let refused = |setting, reason: &dyn fmt::Display| ApplyError::InvalidSecret {
        account: account.id.clone(),
        setting,
        reason: reason.to_string(),
    };
    let empty = KeyDigest::of("");
    if account.operator_tokens.contains(&empty) {
        return Err(refused("operator_tokens", &EMPTY_KEY));
    }
    if let Some(assessments) = &account.assessments {
        const KEYS: &str = "assessments.partner_keys";
        for key in &assessments.partner_keys {
            if key.digest == empty {
                return Err(refused(KEYS, &EMPTY_KEY));
            }
            if let Some(prefix) = &key.prefix {
                let checked = Secret::new(prefix.as_str()).check_characters();
                checked.map_err(|problem| refused(KEYS, &problem))?;
            }
        }
    }
    if let Some(push) = &account.push {
        let checked = push.credential.client_secret().check();
        checked.map_err(|problem| refused("push.credential.client_secret", &problem))?;
    }
    for secret in account.sync.iter().flat_map(SyncSettings::secrets) {
        let checked = secret.check();
        checked.map_err(|problem| refused("sync.secrets", &problem))?;
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
            Some((holder, _)) if holder != *id => return Err(key_taken(id, &key, holder)),
            _ => {}
        }
    }
    Ok(())
}

fn key_taken(account: &AccountId, key: &AccountKey, holder: AccountId) -> ApplyError {
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
    let revoked = revoked_keys(account, &new);
    let outcome = match known {
        None => Outcome::New,
        Some(known) if known == new => {
            let unchanged = report(account, Outcome::Unchanged, version, revoked);
            return Ok(Proposal::Keep(unchanged));
        }
        Some(_) => Outcome::Changed,
    };
    check_keys(store, &account.id, &new).await?;
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(new));
    let applied = report(account, outcome, version.saturating_add(1), revoked);
    Ok(Proposal::Write(changes, applied))
}

fn report(
    account: &AccountConfig,
    outcome: Outcome,
    version: u64,
    revoked_keys: Vec<String>,
) -> AppliedAccount {
    AppliedAccount {
        id: account.id.clone(),
        outcome,
        version,
        revoked_keys,
    }
}

/// Returns the ids of the keys in the file that stay revoked.
fn revoked_keys(account: &AccountConfig, record: &AccountRecord) -> Vec<String> {
    let revoked = &record.settings.revoked_partner_keys;
    let named = account.assessments.iter().flat_map(|own| &own.partner_keys);
    let named = named.filter(|key| revoked.contains(&key.digest));
    named.map(PartnerKeyRecord::id).collect()
}

/// Builds the record of an account, at the version that was read.
fn record(
    account: &AccountConfig,
    known: Option<AccountRecord>,
) -> Result<AccountRecord, NoRandomness> {
    let version = known.as_ref().map_or(0, |known| known.version);
    let known = known.map(|known| known.settings);
    let minted = known.as_ref().and_then(|known| known.assessments.clone());
    let own = known.as_ref().map(|known| known.report_links.clone());
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
    if let Some(known) = &known {
        settings.enabled = known.enabled;
        settings.keep_revocations_of(known);
        settings.managed_hooks = known.managed_hooks.clone();
        settings.connection = known.connection.clone();
    }
    let mut record = AccountRecord::new(settings, account.operator_tokens.clone());
    record.version = version;
    Ok(record)
}

/// Keeps the stored records of keys for which the file contains only a digest. Also keeps keys that
/// were minted in the database.
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
    // A new key has an id and is long enough.
    let key = ReportLinkKey::new(FIRST_KEY, secret).map_err(|_| NoRandomness)?;
    Ok(ReportLinks::new(key, Vec::new()))
}

const FIRST_KEY: &str = "1";
const EMPTY_KEY: &str = "this is the digest of an empty text; create a key with the command `keys`, \
    and enter the digest that it prints";
