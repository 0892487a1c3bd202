//! Definitions of an account's custom fields in Greenhouse.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use greenhouse_core::{AccountId, later, settings::FieldOwner};

use crate::{
    Error, HarvestClient,
    api::{
        CustomFieldFilter, CustomFieldId, CustomFieldOptionFilter, CustomFieldOptionId,
        CustomFieldValueType,
    },
    field_use::type_of,
    lookup::{agrees, matching},
};

/// Type and options of a custom field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldDefinition {
    pub(super) kind: CustomFieldValueType,
    /// Options, if the field is a select.
    pub(super) options: Vec<(CustomFieldOptionId, String)>,
}

/// Definitions by `name_key`.
pub(super) type FieldsByKey = BTreeMap<String, FieldDefinition>;

/// Cache of definitions, by account and owner.
pub(super) struct FieldDefinitions {
    age: Duration,
    cached: Mutex<BTreeMap<(AccountId, FieldOwner), CachedDefinitions>>,
}

struct CachedDefinitions {
    at: DateTime<Utc>,
    by_key: Arc<FieldsByKey>,
}

impl FieldDefinitions {
    /// Creates an empty cache. Definitions are read again at this age.
    pub(super) fn new(age: Duration) -> Self {
        Self {
            age,
            cached: Mutex::default(),
        }
    }

    /// Returns the owner's fields with these keys. Reads them if the cache is too old or lacks a
    /// key.
    pub(super) async fn get(
        &self,
        reads: &HarvestClient,
        account: &AccountId,
        owner: FieldOwner,
        keys: &[&str],
        now: DateTime<Utc>,
    ) -> Result<Arc<FieldsByKey>, Error> {
        let place = (account.clone(), owner);
        {
            let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
            let good = cached.get(&place).filter(|cached| {
                now < later(cached.at, self.age)
                    && keys.iter().all(|key| cached.by_key.contains_key(*key))
            });
            if let Some(good) = good {
                return Ok(Arc::clone(&good.by_key));
            }
        }
        let by_key = Arc::new(read(reads, owner, keys).await?);
        let fresh = CachedDefinitions {
            at: now,
            by_key: Arc::clone(&by_key),
        };
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        cached.insert(place, fresh);
        Ok(by_key)
    }

    /// Makes the next push read the definitions again.
    pub(super) fn forget(&self, account: &AccountId, owner: FieldOwner) {
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        cached.remove(&(account.clone(), owner));
    }
}

async fn read(
    reads: &HarvestClient,
    owner: FieldOwner,
    keys: &[&str],
) -> Result<FieldsByKey, Error> {
    let kind = type_of(owner);
    let filter = CustomFieldFilter::new()
        .field_type(kind.clone())
        .active(true);
    let rows = matching(
        || reads.custom_fields(&filter),
        |row| agrees(row.field_type.as_ref(), &kind) && agrees(row.active, true),
    );
    let rows = rows.await?;
    let mut by_key = FieldsByKey::new();
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
        by_key.insert(key, FieldDefinition { kind, options });
    }
    if selects.is_empty() {
        return Ok(by_key);
    }
    let filter = CustomFieldOptionFilter::new()
        .custom_field_ids(selects.keys().copied())
        .active(true);
    let options = matching(
        || reads.custom_field_options(&filter),
        |row| {
            let of_select = |id| selects.contains_key(&id);
            row.custom_field_id.is_some_and(of_select) && agrees(row.active, true)
        },
    );
    for option in options.await? {
        let key = option.custom_field_id.and_then(|id| selects.get(&id));
        let definition = key.and_then(|key| by_key.get_mut(key));
        if let (Some(definition), Some(name)) = (definition, option.name) {
            definition.options.push((option.id, name));
        }
    }
    Ok(by_key)
}
