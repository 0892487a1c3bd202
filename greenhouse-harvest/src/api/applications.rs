use chrono::{DateTime, Utc};
use greenhouse_core::{ApplicationSnapshot, ApplicationStatus, CandidateId, JobId, Stage, StageId};
use serde::Serialize;

use super::{filter::filter, row::row};
use crate::{Error, HarvestClient, List, Route, client::Call};

impl HarvestClient {
    /// `GET /v3/applications` (official description).
    pub fn applications(&self, filter: &ApplicationFilter) -> List<Application> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/applications`, in its candidate form (official description). What a second application of one person on
    /// one job leads to is not documented.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_application(&self, new: &NewApplication) -> Result<Application, Error> {
        self.write(&Call::of(self, CREATE).with_body(new)?).await
    }
}

filter! {
    /// Which applications to list (official description).
    pub struct ApplicationFilter of ApplicationId {
        /// Of these candidates.
        candidate_ids: [CandidateId],
        /// On these jobs.
        job_ids: [JobId],
    }
}

row! {
    /// One candidate on one job (official description).
    pub struct Application of ApplicationId {
        /// Whose it is.
        candidate_id: CandidateId,
        /// The job; null for a prospect without one.
        job_id: JobId,
        /// `in_process`, `rejected`, `hired` or `converted`: where filter and webhooks say `active`, rows say `in_process`
        /// (observed live).
        status: ApplicationStatus,
        /// The stage of the job's interview plan; on every row since mid-2026 (observed live), absent before.
        job_interview_stage_id: StageId,
        /// The name of that stage.
        stage_name: String,
        /// When something last happened to it.
        last_activity_at: DateTime<Utc>,
    }
}

impl Application {
    /// The stage, where the row tells id or name. It stays after a rejection (observed live).
    pub fn stage(&self) -> Option<Stage> {
        let known = self.job_interview_stage_id.is_some() || self.stage_name.is_some();
        known.then(|| Stage::new(self.job_interview_stage_id, self.stage_name.clone()))
    }

    /// The row in the words that all directions share; none where it does not tell its status.
    pub fn snapshot(&self) -> Option<ApplicationSnapshot> {
        let mut snapshot = ApplicationSnapshot::new(self.id, self.status.clone()?);
        snapshot.candidate = self.candidate_id;
        snapshot.job = self.job_id;
        snapshot.stage = self.stage();
        snapshot.last_activity_at = self.last_activity_at;
        Some(snapshot)
    }
}

/// An application to create.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NewApplication {
    /// Whose it is.
    pub candidate_id: CandidateId,
    /// The job.
    pub job_id: JobId,
    /// The stage of the job's interview plan to begin at; without one, the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_stage_id: Option<StageId>,
}

impl NewApplication {
    /// An application of this candidate on this job.
    pub fn new(
        candidate_id: CandidateId,
        job_id: JobId,
        initial_stage_id: Option<StageId>,
    ) -> Self {
        Self {
            candidate_id,
            job_id,
            initial_stage_id,
        }
    }
}

pub(super) const LIST: Route = Route::get("/v3/applications", "harvest:applications:list");
pub(super) const CREATE: Route = Route::post("/v3/applications", "harvest:applications:create");

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn a_row_is_read_whatever_is_missing() {
        let full: Application = from_value(json!({
            "id": 8_120_034_002_i64, "candidate_id": 7_310_442_002_i64, "job_id": 6_409_551_002_i64, "status": "in_process",
            "stage_id": 9_933_120_002_i64, "job_interview_stage_id": 5_120_077_002_i64, "stage_name": "Take Home Test",
            "last_activity_at": "2026-06-02T08:11:40.118Z", "answers": [{"question": "q", "answer": "a"}],
        }))
        .unwrap();
        let snapshot = full.snapshot().unwrap();
        assert_eq!(snapshot.status, ApplicationStatus::Active);
        assert_eq!(
            snapshot.stage.unwrap().id,
            Some(StageId::new(5_120_077_002))
        );

        let bare: Application =
            from_value(json!({"id": 1, "job_id": null, "status": null})).unwrap();
        assert!(bare.snapshot().is_none());
        assert!(bare.stage().is_none());
        let odd: Application = from_value(json!({"id": 1, "status": "parked"})).unwrap();
        assert_eq!(
            odd.status,
            Some(ApplicationStatus::Other("parked".to_owned()))
        );
    }
}
