//! Which custom fields there are, as Greenhouse says.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use greenhouse_core::{AccountId, later, settings::FieldOwner};

use super::{
    super::run::{Kit, Run},
    value::Definition,
};
use crate::{
    Error, HarvestClient,
    api::{
        CustomFieldFilter, CustomFieldId, CustomFieldOptionFilter, CustomFieldType,
        CustomFieldValueType,
    },
};

/// The definitions that were read lately, by account and owner.
#[derive(Default)]
pub(in crate::push) struct Definitions {
    known: Mutex<BTreeMap<(AccountId, FieldOwner), Known>>,
}

impl Definitions {
    /// The next push reads them anew.
    pub(super) fn forget(&self, account: &AccountId, owner: FieldOwner) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(&(account.clone(), owner));
    }
}

/// By `name_key`.
pub(super) type ByKey = BTreeMap<String, Definition>;

struct Known {
    at: DateTime<Utc>,
    by_key: Arc<ByKey>,
}

impl Run<'_> {
    /// The fields that the owner has. They are read anew after a time, and where one of `keys` is not among them.
    pub(super) async fn definitions(
        &self,
        kit: &Kit,
        owner: FieldOwner,
        keys: &[&str],
    ) -> Result<Arc<ByKey>, Error> {
        let service = self.service;
        let place = (self.account().clone(), owner);
        let known = &service.definitions.known;
        let now = service.now();
        {
            let known = known.lock().unwrap_or_else(PoisonError::into_inner);
            let good = known.get(&place).filter(|known| {
                now < later(known.at, service.parts.config.definitions_age)
                    && keys.iter().all(|key| known.by_key.contains_key(*key))
            });
            if let Some(good) = good {
                return Ok(Arc::clone(&good.by_key));
            }
        }
        let by_key = Arc::new(read(&kit.reads, owner, keys).await?);
        let fresh = Known {
            at: now,
            by_key: Arc::clone(&by_key),
        };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(place, fresh);
        Ok(by_key)
    }
}

async fn read(client: &HarvestClient, owner: FieldOwner, keys: &[&str]) -> Result<ByKey, Error> {
    let filter = CustomFieldFilter::new()
        .field_type(match owner {
            FieldOwner::Application => CustomFieldType::Application,
            FieldOwner::Candidate => CustomFieldType::Candidate,
        })
        .active(true);
    let rows = client.custom_fields(&filter).all().await?;
    let mut by_key = ByKey::new();
    let mut selects: BTreeMap<CustomFieldId, String> = BTreeMap::new();
    for row in rows {
        let (Some(key), Some(kind)) = (row.name_key, row.value_type) else {
            continue;
        };
        if !keys.contains(&key.as_str()) {
            continue;
        }
        if kind == CustomFieldValueType::SingleSelect {
            selects.insert(row.id, key.clone());
        }
        let options = Vec::new();
        by_key.insert(key, Definition { kind, options });
    }
    let ids: Vec<CustomFieldId> = selects.keys().copied().collect();
    for batch in ids.chunks(BATCH) {
        let filter = CustomFieldOptionFilter::new()
            .custom_field_ids(batch.to_vec())
            .active(true);
        for option in client.custom_field_options(&filter).all().await? {
            let key = option.custom_field_id.and_then(|id| selects.get(&id));
            let definition = key.and_then(|key| by_key.get_mut(key));
            if let (Some(definition), Some(name)) = (definition, option.name) {
                definition.options.push((option.id, name));
            }
        }
    }
    Ok(by_key)
}

/// One list takes no more ids (documented).
const BATCH: usize = 50;
