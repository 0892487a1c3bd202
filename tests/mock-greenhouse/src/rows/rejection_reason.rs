use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::rows::row::row;
use crate::time::as_millis;

/// A rejection reason. Its JSON is the Harvest row (official specification).
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RejectionReason {
    /// Id of the rejection reason.
    pub id: i64,
    /// Name of the rejection reason.
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
    /// `true` for one of Greenhouse's own reasons, `false` for one of the organisation's. Not part
    /// of the row.
    #[serde(skip)]
    pub default: bool,
}

row!(RejectionReason);

/// Type of a rejection reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RejectionReasonType {
    /// Id of the type.
    pub id: i64,
    /// `WE_REJECTED_THEM`, `THEY_REJECTED_US`, `NONE_SPECIFIED` or `SECURITY_CONCERN` (official
    /// specification).
    pub key: &'static str,
    /// Name of the type in Greenhouse's pages.
    pub name: &'static str,
}
