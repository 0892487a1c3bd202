use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::MemoryStore;
use crate::{
    AccountId,
    store::{HookUses, StoreError},
};

#[async_trait]
impl HookUses for MemoryStore {
    async fn note_hook_use(
        &self,
        account: &AccountId,
        action: &str,
        at: DateTime<Utc>,
        every: Duration,
    ) -> Result<(), StoreError> {
        let mut rows = self.rows();
        let own = rows.accounts.get_mut(account);
        if let Some(own) = own.filter(|own| own.record.is_some()) {
            let is_due = |known: &DateTime<Utc>| {
                let past = at.signed_duration_since(known).to_std();
                past.is_ok_and(|past| past >= every)
            };
            if own.hook_uses.get(action).is_none_or(is_due) {
                own.hook_uses.insert(action.to_owned(), at);
            }
        }
        Ok(())
    }

    async fn hook_uses(
        &self,
        account: &AccountId,
    ) -> Result<BTreeMap<String, DateTime<Utc>>, StoreError> {
        let uses = self.read(account, |own| own.hook_uses.clone());
        Ok(uses.unwrap_or_default())
    }
}
