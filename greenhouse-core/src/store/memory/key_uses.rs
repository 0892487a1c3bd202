use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::MemoryStore;
use crate::{
    AccountId,
    settings::KeyDigest,
    store::{AccountKey, KeyUses, StoreError},
};

#[async_trait]
impl KeyUses for MemoryStore {
    async fn note_key_use(
        &self,
        account: &AccountId,
        key: &KeyDigest,
        at: DateTime<Utc>,
        every: Duration,
    ) -> Result<(), StoreError> {
        let mut rows = self.rows();
        let own = rows.accounts.get_mut(account).filter(|own| {
            let mut keys = own.record.iter().flat_map(|record| record.keys());
            keys.any(|known| known == AccountKey::Partner(*key))
        });
        if let Some(own) = own {
            let is_due = |known: &DateTime<Utc>| {
                let past = at.signed_duration_since(known).to_std();
                past.is_ok_and(|past| past >= every)
            };
            if own.key_uses.get(key).is_none_or(is_due) {
                own.key_uses.insert(*key, at);
            }
        }
        Ok(())
    }

    async fn key_uses(
        &self,
        account: &AccountId,
    ) -> Result<BTreeMap<KeyDigest, DateTime<Utc>>, StoreError> {
        let uses = self.read(account, |own| own.key_uses.clone());
        Ok(uses.unwrap_or_default())
    }
}
