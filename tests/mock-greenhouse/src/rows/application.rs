use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::rows::row::row;
use crate::time::{as_millis, as_millis_or_null};

/// An application. Its JSON is the Harvest row (official specification, and
/// `job_interview_stage_id` as observed live).
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Application {
    /// The id.
    pub id: i64,
    /// The candidate.
    pub candidate_id: i64,
    /// `None` for a prospect.
    pub job_id: Option<i64>,
    /// The job post of the application.
    pub job_post_id: Option<i64>,
    /// Status; rows write `active` as `in_process` (observed live).
    pub status: ApplicationStatus,
    /// The current row of `application_stages`, not a stage of the job (observed live).
    pub stage_id: Option<i64>,
    /// The job's current stage.
    pub job_interview_stage_id: Option<i64>,
    /// Name of the current stage.
    pub stage_name: Option<String>,
    /// `true` for a prospect.
    pub prospect: bool,
    /// Jobs that a prospect may suit.
    pub prospective_job_ids: Vec<i64>,
    /// `true` if a decision is due.
    pub needs_decision: Option<bool>,
    /// The recruiter.
    pub recruiter_id: Option<i64>,
    /// The coordinator.
    pub coordinator_id: Option<i64>,
    /// The referrer.
    pub referrer_id: Option<i64>,
    /// The source.
    pub source_id: Option<i64>,
    /// Note of an agency.
    pub agency_note_id: Option<i64>,
    /// Reason of the rejection.
    pub rejection_reason_id: Option<i64>,
    /// Time of the rejection.
    #[serde(serialize_with = "as_millis_or_null")]
    pub rejected_at: Option<DateTime<Utc>>,
    /// Time of the application.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
    /// Time of the last activity.
    #[serde(serialize_with = "as_millis")]
    pub last_activity_at: DateTime<Utc>,
    /// Address given with the application.
    pub location_address: Option<String>,
    /// Answers to the questions of a post.
    pub answers: Vec<Value>,
    /// Values by `name_key`.
    pub custom_fields: Map<String, Value>,
    /// The accepted offer of a hired application; not part of the row.
    #[serde(skip)]
    pub offer: Option<Offer>,
}

row!(Application);

impl Application {
    /// Creates an active application without a job.
    pub(crate) fn new(id: i64, candidate_id: i64, now: DateTime<Utc>) -> Self {
        Self {
            id,
            candidate_id,
            job_id: None,
            job_post_id: None,
            status: ApplicationStatus::InProcess,
            stage_id: None,
            job_interview_stage_id: None,
            stage_name: None,
            prospect: false,
            prospective_job_ids: Vec::new(),
            needs_decision: Some(false),
            recruiter_id: None,
            coordinator_id: None,
            referrer_id: None,
            source_id: None,
            agency_note_id: None,
            rejection_reason_id: None,
            rejected_at: None,
            created_at: now,
            updated_at: now,
            last_activity_at: now,
            location_address: None,
            answers: Vec::new(),
            custom_fields: Map::new(),
            offer: None,
        }
    }
}

/// Status of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ApplicationStatus {
    /// Active.
    InProcess,
    /// Rejected.
    Rejected,
    /// Hired.
    Hired,
    /// A prospect that became a candidate.
    Converted,
}

impl ApplicationStatus {
    /// The word that filters and webhooks use: `active` instead of `in_process`.
    #[must_use]
    pub fn as_filter(self) -> &'static str {
        match self {
            Self::InProcess => "active",
            Self::Rejected => "rejected",
            Self::Hired => "hired",
            Self::Converted => "converted",
        }
    }
}

/// An accepted offer, as the hire event shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Offer {
    /// The id.
    pub id: i64,
    /// Number of the fault, counted from 1.
    pub version: i64,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of acceptance.
    pub resolved_at: DateTime<Utc>,
    /// The first day of work.
    pub starts_at: Option<NaiveDate>,
}

/// One stage of one application. Its JSON is the Harvest row (official specification).
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ApplicationStage {
    /// The id; the application's `stage_id` names the current one.
    pub id: i64,
    /// The application.
    pub application_id: i64,
    /// The job's stage.
    pub job_interview_stage_id: i64,
    /// `None` for a stage that was not entered.
    #[serde(serialize_with = "as_millis_or_null")]
    pub entered_at: Option<DateTime<Utc>>,
    /// `None` for a stage that was not exited.
    #[serde(serialize_with = "as_millis_or_null")]
    pub exited_at: Option<DateTime<Utc>>,
    /// Always 0: the mock does not count days.
    pub days_in_stage: i64,
    /// `true` for exactly one row of an application (observed live).
    pub current: bool,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

row!(ApplicationStage);
