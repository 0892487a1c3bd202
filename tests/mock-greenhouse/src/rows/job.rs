use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::rows::row::row;
use crate::time::{as_millis, as_millis_or_null};

/// A job. Its JSON is the Harvest row (official specification; all members observed live).
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Job {
    /// Id of the job.
    pub id: i64,
    /// Name of the job.
    pub name: String,
    /// The organisation's own job number.
    pub requisition_id: Option<String>,
    /// Notes on the job.
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
    /// Id of the job from which this job was copied.
    pub copied_from_id: Option<i64>,
    /// Id of the department.
    pub department_id: Option<i64>,
    /// Ids of the offices.
    pub office_ids: Vec<i64>,
    /// Values of custom fields, by `name_key`.
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
    /// Id of the stage, which is `current_stage.id` in webhooks.
    pub id: i64,
    /// Id of the job.
    pub job_id: i64,
    /// Name of the stage.
    pub name: String,
    /// Position of the stage, counted from 0.
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
