use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::rows::row::row;
use crate::time::{as_millis, as_millis_or_null};

/// A job. Its JSON is the Harvest row (official specification, all members seen live).
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Job {
    /// The id.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The organisation's own job number.
    pub requisition_id: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// `true` if only the hiring team can see the job.
    pub confidential: bool,
    /// `open`, `draft` or `closed`.
    pub status: String,
    /// Time at which the job was opened.
    #[serde(serialize_with = "as_millis_or_null")]
    pub opened_at: Option<DateTime<Utc>>,
    /// Time at which the job was closed.
    #[serde(serialize_with = "as_millis_or_null")]
    pub closed_at: Option<DateTime<Utc>>,
    /// `true` for a template.
    pub is_template: Option<bool>,
    /// The job that it was copied from.
    pub copied_from_id: Option<i64>,
    /// The department.
    pub department_id: Option<i64>,
    /// The offices.
    pub office_ids: Vec<i64>,
    /// Values by `name_key`.
    pub custom_fields: Map<String, Value>,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

row!(Job);

/// A stage of a job. Its JSON is the Harvest row (official specification).
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct JobInterviewStage {
    /// The id; webhooks call it `current_stage.id`.
    pub id: i64,
    /// The job.
    pub job_id: i64,
    /// The name.
    pub name: String,
    /// Position, counted from 0.
    pub sort_order: i64,
    /// `true` if the stage is in use.
    pub active: bool,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

row!(JobInterviewStage);

impl Job {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self {
            id: 0,
            name: String::new(),
            requisition_id: None,
            notes: None,
            confidential: false,
            status: "open".to_owned(),
            opened_at: Some(now),
            closed_at: None,
            is_template: None,
            copied_from_id: None,
            department_id: None,
            office_ids: Vec::new(),
            custom_fields: Map::new(),
            created_at: now,
            updated_at: now,
        }
    }
}
