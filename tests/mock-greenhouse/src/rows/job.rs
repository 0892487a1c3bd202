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
    /// The organisation's own number.
    pub requisition_id: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// Whether only the hiring team sees it.
    pub confidential: bool,
    /// `open`, `draft` or `closed`.
    pub status: String,
    /// When it was opened.
    #[serde(serialize_with = "as_millis_or_null")]
    pub opened_at: Option<DateTime<Utc>>,
    /// When it was closed.
    #[serde(serialize_with = "as_millis_or_null")]
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether it is a template.
    pub is_template: Option<bool>,
    /// The job it was copied from.
    pub copied_from_id: Option<i64>,
    /// The department.
    pub department_id: Option<i64>,
    /// The offices.
    pub office_ids: Vec<i64>,
    /// Values by `name_key`.
    pub custom_fields: Map<String, Value>,
    /// When the row was made.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

row!(Job);

/// A stage of a job's plan. Its JSON is the Harvest row (official specification).
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct JobInterviewStage {
    /// The id; webhooks call it `current_stage.id`.
    pub id: i64,
    /// The job.
    pub job_id: i64,
    /// The name.
    pub name: String,
    /// From 0.
    pub sort_order: i64,
    /// Whether it is in use.
    pub active: bool,
    /// When the row was made.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

row!(JobInterviewStage);

impl Job {
    pub(crate) fn blank(now: DateTime<Utc>) -> Self {
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
