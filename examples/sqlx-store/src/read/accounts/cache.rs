//! Account records as they were read last. Every request reads its account's settings, which are opened and parsed again only
//! where a byte of them is another one: so a change holds at once, on every host.

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

/// An account's rows as the database has them, with its secrets still sealed.
#[derive(PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) document: String,
    pub(super) operator_tokens: String,
    pub(super) version: i64,
    /// Each name with its sealed secret. No two seals are the same, not even of the same secret.
    pub(super) secrets: Vec<(String, Vec<u8>)>,
}

impl Stored {
    /// None where there is no such account.
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

/// The records that the latest rows gave. Shared by the clones of a store.
#[derive(Clone, Default)]
pub(crate) struct AccountCache(Arc<Mutex<HashMap<AccountId, Known>>>);

struct Known {
    stored: Stored,
    record: AccountRecord,
}

impl AccountCache {
    /// The record of these rows, where they are the same as last time.
    pub(super) fn of(&self, account: &AccountId, stored: &Stored) -> Option<AccountRecord> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(account)?;
        (known.stored == *stored).then(|| known.record.clone())
    }

    pub(super) fn keep(&self, account: &AccountId, stored: Stored, record: AccountRecord) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST
            && !known.contains_key(account)
            && let Some(other) = known.keys().next().cloned()
        {
            known.remove(&other);
        }
        known.insert(account.clone(), Known { stored, record });
    }

    /// Nothing is kept of an account that is gone.
    pub(super) fn forget(&self, account: &AccountId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(account);
    }
}

impl fmt::Debug for AccountCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountCache").finish_non_exhaustive()
    }
}

/// A record takes some ten kilobytes.
const MOST: usize = 256;
