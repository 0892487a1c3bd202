use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::rows::row::row;
use crate::time::as_millis;

/// A user. Its JSON is the Harvest row (official specification; `emails` is absent, as in the
/// official example).
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct User {
    /// Id of the user, which is the `sub` of a token.
    pub id: i64,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The full name.
    pub name: String,
    /// The main e-mail address.
    pub primary_email: String,
    /// Job title of the user.
    pub job_title: Option<String>,
    /// Id of the agency.
    pub agency_id: Option<i64>,
    /// `true` if the user is deactivated.
    pub deactivated: bool,
    /// `true` for a Site Admin. Lists are empty for other users (documented).
    pub site_admin: bool,
    /// The organisation's own number for the employee.
    pub employee_id: Option<String>,
    /// Ids of candidates linked to this user.
    pub linked_candidate_ids: Vec<i64>,
    /// Ids of the offices.
    pub office_ids: Vec<i64>,
    /// Ids of the departments.
    pub department_ids: Vec<i64>,
    /// The interviewer tags: objects with `id` and `name`.
    pub interviewer_tags: Vec<Value>,
    /// Values of custom fields, by `name_key`.
    pub custom_fields: Map<String, Value>,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
    /// `true` for the service user of a credential. Lists hide service accounts by default. Not
    /// part of the row.
    #[serde(skip)]
    pub service_account: bool,
}

row!(User);

impl User {
    pub(crate) fn interviewer_tag_ids(&self) -> Vec<i64> {
        let tags = self.interviewer_tags.iter();
        tags.filter_map(|tag| tag.get("id")?.as_i64()).collect()
    }
}
