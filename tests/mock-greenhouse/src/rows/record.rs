use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::rows::row::Row;
use crate::time::as_millis;

/// A row in a list without special behaviour, for example `sources`. Its JSON is the Harvest row.
/// `Debug` shows only the id.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Record {
    /// Id of the row.
    pub id: i64,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
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

    /// Returns `true` if the member is `true`, and `false` if it is null or absent.
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
