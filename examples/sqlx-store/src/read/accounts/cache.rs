//! Cache of decrypted and parsed account records.
//!
//! Every request reads its account's rows and compares them with the cached ones, so a change takes
//! effect immediately on every host.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use greenhouse_core::{
    AccountId,
    store::{AccountRecord, StoreError},
};

use crate::session::Row;

/// The rows of an account, with sealed secrets.
#[derive(PartialEq, Eq)]
pub(super) struct StoredAccount {
    pub(super) document: String,
    pub(super) operator_tokens: String,
    pub(super) version: i64,
    /// Names and sealed secrets. Sealing the same secret again produces different bytes.
    pub(super) secrets: Vec<(String, Vec<u8>)>,
}

impl StoredAccount {
    /// Reads the rows of an account. Returns `None` if there are no rows.
    pub(super) fn read(rows: &[Row]) -> Result<Option<Self>, StoreError> {
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let mut secrets = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(name) = row.optional_text(3)? {
                secrets.push((name, row.bytes(4)?));
            }
        }
        Ok(Some(Self {
            document: first.text(0)?,
            operator_tokens: first.text(1)?,
            version: first.number(2)?,
            secrets,
        }))
    }
}

/// The latest records of up to [`MAX_ACCOUNTS`] accounts. Shared by the clones of a store.
#[derive(Clone, Default)]
pub(crate) struct AccountCache(Arc<Mutex<HashMap<AccountId, CachedAccount>>>);

struct CachedAccount {
    stored: StoredAccount,
    record: AccountRecord,
}

impl AccountCache {
    /// Returns the cached record if it was read from identical rows.
    pub(super) fn get(&self, account: &AccountId, stored: &StoredAccount) -> Option<AccountRecord> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = cached.get(account)?;
        (cached.stored == *stored).then(|| cached.record.clone())
    }

    pub(super) fn insert(&self, account: &AccountId, stored: StoredAccount, record: AccountRecord) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.len() >= MAX_ACCOUNTS
            && !cached.contains_key(account)
            && let Some(other) = cached.keys().next().cloned()
        {
            cached.remove(&other);
        }
        cached.insert(account.clone(), CachedAccount { stored, record });
    }

    pub(super) fn remove(&self, account: &AccountId) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cached.remove(account);
    }
}

impl fmt::Debug for AccountCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountCache").finish_non_exhaustive()
    }
}

/// Maximum number of cached records, about ten kilobytes each.
const MAX_ACCOUNTS: usize = 256;
