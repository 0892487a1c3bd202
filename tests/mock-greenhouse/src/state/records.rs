use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::state::row::Row;
use crate::state::tables::{Member, TABLES};
use crate::state::{ActError, State};
use crate::time::as_millis;

/// A row of one of the lists that are plain data, for example of `sources`. Its JSON is the Harvest row; `Debug` shows the id alone.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Record {
    /// The id.
    pub id: i64,
    /// When the row was made.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
    /// Every other member of the row.
    #[serde(flatten)]
    pub members: Map<String, Value>,
}

impl Record {
    pub(crate) fn integer(&self, member: &str) -> Option<i64> {
        self.members.get(member)?.as_i64()
    }

    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.members.get(member)?.as_str()
    }

    /// False where the member is null or absent.
    pub(crate) fn is(&self, member: &str) -> bool {
        self.members.get(member).and_then(Value::as_bool) == Some(true)
    }

    pub(crate) fn set(&mut self, member: &str, value: impl Into<Value>, now: DateTime<Utc>) {
        self.members.insert(member.to_owned(), value.into());
        self.updated_at = now;
    }
}

impl Row for Record {
    fn id(&self) -> i64 {
        self.id
    }

    fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The shape of a list.
#[derive(Debug)]
pub(crate) struct Table {
    /// The last part of its path.
    pub(crate) name: &'static str,
    /// What an error calls one row.
    pub(crate) singular: &'static str,
    pub(crate) path: &'static str,
    pub(crate) scope: &'static str,
    /// Besides `id` and the times.
    pub(crate) members: &'static [Member],
    /// The name of each filter and the member that it looks at.
    pub(crate) filters: &'static [(&'static str, &'static str)],
}

impl Table {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().copied().find(|table| table.name == name)
    }
}

/// The rows of every such list, by the list's name.
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

    /// Removes the rows of a list that say `true`.
    pub(crate) fn remove_where(&mut self, list: &str, gone: impl Fn(&Record) -> bool) {
        if let Some(rows) = self.lists.get_mut(list) {
            rows.retain(|_, row| !gone(row));
        }
    }

    /// Every list that has rows.
    pub(crate) fn all(&self) -> &BTreeMap<&'static str, BTreeMap<i64, Record>> {
        &self.lists
    }
}

impl State {
    /// Adds a row to a list; members that are not said are null or take a usual value.
    pub(crate) fn add_record(
        &mut self,
        list: &str,
        said: Value,
        now: DateTime<Utc>,
    ) -> Result<i64, ActError> {
        let table = Table::named(list)
            .ok_or_else(|| ActError::Refused(format!("{list} is not a list of records")))?;
        let Value::Object(said) = said else {
            return Err(ActError::Refused("a row is an object".to_owned()));
        };
        let members = table.members(said).map_err(ActError::Refused)?;
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
            self.spread_custom_field(id);
        }
        Ok(id)
    }
}

static NONE: BTreeMap<i64, Record> = BTreeMap::new();
