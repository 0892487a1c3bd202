use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::rows::row::row;
use crate::time::as_millis;

/// Why somebody is rejected. Its JSON is the Harvest row (official specification).
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RejectionReason {
    /// The id.
    pub id: i64,
    /// The name.
    pub name: String,
    /// What kind of reason it is.
    #[serde(rename = "type")]
    pub kind: RejectionReasonType,
    /// When the row was made.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
    /// Whether it is Greenhouse's own and not the organisation's; not part of the row.
    #[serde(skip)]
    pub default: bool,
}

row!(RejectionReason);

/// What kind of reason a rejection has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RejectionReasonType {
    /// The id.
    pub id: i64,
    /// `WE_REJECTED_THEM`, `THEY_REJECTED_US`, `NONE_SPECIFIED` or `SECURITY_CONCERN` (official specification).
    pub key: &'static str,
    /// The name for people.
    pub name: &'static str,
}
