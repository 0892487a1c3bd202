use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::rows::row::row;
use crate::time::as_millis;

/// A user. Its JSON is the Harvest row (official specification; `emails` is absent as in the
/// official example).
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct User {
    /// The id; tokens name it as `sub`.
    pub id: i64,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// First and last name.
    pub name: String,
    /// The main e-mail address.
    pub primary_email: String,
    /// The title.
    pub job_title: Option<String>,
    /// The agency.
    pub agency_id: Option<i64>,
    /// `true` if the user is deactivated.
    pub deactivated: bool,
    /// `true` for a Site Admin. Lists are empty for other users (documented).
    pub site_admin: bool,
    /// The organisation's own job number.
    pub employee_id: Option<String>,
    /// Candidates that are linked to this user.
    pub linked_candidate_ids: Vec<i64>,
    /// The offices.
    pub office_ids: Vec<i64>,
    /// The departments.
    pub department_ids: Vec<i64>,
    /// The interviewer tags.
    pub interviewer_tags: Vec<Value>,
    /// Values by `name_key`.
    pub custom_fields: Map<String, Value>,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
    /// `true` for the service user of a credential, which lists hide by default; not part of the
    /// row.
    #[serde(skip)]
    pub service_account: bool,
}

row!(User);
