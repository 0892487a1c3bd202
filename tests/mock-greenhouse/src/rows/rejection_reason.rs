use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::rows::row::row;
use crate::time::as_millis;

/// A rejection reason. Its JSON is the Harvest row (official specification).
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RejectionReason {
    /// The id.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The type of the reason.
    #[serde(rename = "type")]
    pub kind: RejectionReasonType,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
    /// `true` for a reason of Greenhouse's own, `false` for one of the organisation; not part of
    /// the row.
    #[serde(skip)]
    pub default: bool,
}

row!(RejectionReason);

/// Type of a rejection reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RejectionReasonType {
    /// The id.
    pub id: i64,
    /// `WE_REJECTED_THEM`, `THEY_REJECTED_US`, `NONE_SPECIFIED` or `SECURITY_CONCERN` (official
    /// specification).
    pub key: &'static str,
    /// Name shown to people.
    pub name: &'static str,
}
