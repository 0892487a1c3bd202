use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::rows::row::row;
use crate::time::as_millis;

/// A user of this Greenhouse. Its JSON is the Harvest row (official specification; `emails` is absent as in the official example).
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct User {
    /// The id; a token's `sub`.
    pub id: i64,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// Both names.
    pub name: String,
    /// The main e-mail address.
    pub primary_email: String,
    /// The title.
    pub job_title: Option<String>,
    /// The agency.
    pub agency_id: Option<i64>,
    /// Whether the user is switched off.
    pub deactivated: bool,
    /// Whether lists show anything to this user (documented).
    pub site_admin: bool,
    /// The organisation's own number.
    pub employee_id: Option<String>,
    /// Candidates who are this user.
    pub linked_candidate_ids: Vec<i64>,
    /// The offices.
    pub office_ids: Vec<i64>,
    /// The departments.
    pub department_ids: Vec<i64>,
    /// Tags.
    pub interviewer_tags: Vec<Value>,
    /// Values by `name_key`.
    pub custom_fields: Map<String, Value>,
    /// When the row was made.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
    /// Whether it is a credential's own user, hidden from lists by default; not part of the row.
    #[serde(skip)]
    pub service_account: bool,
}

row!(User);
