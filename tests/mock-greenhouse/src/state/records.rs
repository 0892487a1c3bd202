use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::rows::{Record, Table};
use crate::state::{ActError, State};

/// The records of every list without special behaviour, by list name.
#[derive(Debug, Default, Clone)]
pub(crate) struct Records {
    lists: BTreeMap<&'static str, BTreeMap<i64, Record>>,
}

impl Records {
    pub(crate) fn of(&self, list: &str) -> &BTreeMap<i64, Record> {
        self.lists.get(list).unwrap_or(&NONE)
    }

    pub(crate) fn get(&self, list: &str, id: i64) -> Option<&Record> {
        self.of(list).get(&id)
    }

    pub(crate) fn get_mut(&mut self, list: &str, id: i64) -> Option<&mut Record> {
        self.lists.get_mut(list)?.get_mut(&id)
    }

    pub(crate) fn remove(&mut self, list: &str, id: i64) -> Option<Record> {
        self.lists.get_mut(list)?.remove(&id)
    }

    /// Removes the rows for which `gone` returns `true`.
    pub(crate) fn remove_where(&mut self, list: &str, gone: impl Fn(&Record) -> bool) {
        if let Some(rows) = self.lists.get_mut(list) {
            rows.retain(|_, row| !gone(row));
        }
    }

    /// Returns every list with its rows.
    pub(crate) fn all(&self) -> &BTreeMap<&'static str, BTreeMap<i64, Record>> {
        &self.lists
    }
}

impl State {
    /// Adds a record to a list. Members that are not in `row` are null or have a default.
    pub(crate) fn add_record(
        &mut self,
        list: &str,
        given: Value,
        now: DateTime<Utc>,
    ) -> Result<i64, ActError> {
        let table = Table::named(list).ok_or_else(|| {
            ActError::Refused(format!(
                "unknown list {list}, expected a list of records such as sources"
            ))
        })?;
        let Value::Object(given) = given else {
            return Err(ActError::Refused("a row must be a JSON object".to_owned()));
        };
        let members = table.members(given).map_err(ActError::Refused)?;
        let id = self.next_id();
        let record = Record {
            id,
            created_at: now,
            updated_at: now,
            members,
        };
        self.records
            .lists
            .entry(table.name)
            .or_default()
            .insert(id, record);
        if table.name == "custom_fields" {
            self.add_field_to_rows(id);
        }
        Ok(id)
    }
}

static NONE: BTreeMap<i64, Record> = BTreeMap::new();
