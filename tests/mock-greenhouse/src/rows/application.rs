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
    /// Id of the application.
    pub id: i64,
    /// Id of the candidate.
    pub candidate_id: i64,
    /// Id of the job. `None` for a prospect.
    pub job_id: Option<i64>,
    /// Id of the job post.
    pub job_post_id: Option<i64>,
    /// Status of the application. Rows show `active` as `in_process` (observed live).
    pub status: ApplicationStatus,
    /// Id of the current row in `application_stages`, not of a stage of the job (observed live).
    /// `None` for a prospect, or if the job has no stages.
    pub stage_id: Option<i64>,
    /// Id of the current stage of the job. `None` for a prospect, or if the job has no stages.
    pub job_interview_stage_id: Option<i64>,
    /// Name of the current stage. `None` for a prospect, or if the job has no stages.
    pub stage_name: Option<String>,
    /// `true` for a prospect.
    pub prospect: bool,
    /// Ids of the prospect's possible jobs.
    pub prospective_job_ids: Vec<i64>,
    /// `true` if a decision is due. Always `false` in the mock.
    pub needs_decision: Option<bool>,
    /// Id of the recruiter.
    pub recruiter_id: Option<i64>,
    /// Id of the coordinator.
    pub coordinator_id: Option<i64>,
    /// Id of the referrer.
    pub referrer_id: Option<i64>,
    /// Id of the source.
    pub source_id: Option<i64>,
    /// Id of an agency's note. Always `None` in the mock.
    pub agency_note_id: Option<i64>,
    /// Id of the rejection reason.
    pub rejection_reason_id: Option<i64>,
    /// Time of the rejection. `None` if not rejected.
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
    /// Address in the application.
    pub location_address: Option<String>,
    /// Answers to the job post's questions.
    pub answers: Vec<Value>,
    /// Values of custom fields, by `name_key`.
    pub custom_fields: Map<String, Value>,
    /// The accepted offer of a hired application. Not part of the row.
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
    /// The application is active.
    InProcess,
    /// The candidate was rejected.
    Rejected,
    /// The candidate was hired.
    Hired,
    /// The prospect was converted to a candidate.
    Converted,
}

impl ApplicationStatus {
    /// Returns the value in filters and webhooks, which have `active` instead of `in_process`.
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
    /// Id of the offer.
    pub id: i64,
    /// Version of the offer, counted from 1.
    pub version: i64,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time at which the candidate accepted the offer.
    pub resolved_at: DateTime<Utc>,
    /// The first day of work, if known.
    pub starts_at: Option<NaiveDate>,
}

/// One stage of one application. Its JSON is the Harvest row (official specification).
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ApplicationStage {
    /// Id of the row. The application's `stage_id` is the id of its current row.
    pub id: i64,
    /// Id of the application.
    pub application_id: i64,
    /// Id of the job's stage.
    pub job_interview_stage_id: i64,
    /// Time at which the application entered the stage, if it did.
    #[serde(serialize_with = "as_millis_or_null")]
    pub entered_at: Option<DateTime<Utc>>,
    /// Time at which the application left the stage, if it did.
    #[serde(serialize_with = "as_millis_or_null")]
    pub exited_at: Option<DateTime<Utc>>,
    /// Always 0, because the mock does not count days.
    pub days_in_stage: i64,
    /// `true` for exactly one row of each application (observed live).
    pub current: bool,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

row!(ApplicationStage);
