pub(super) mod decision;
pub(super) mod moving;
mod new;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus, CandidateId, JobId, SourceId, Stage,
    StageId, UserId,
};

use super::{
    CustomFieldChanges, CustomFields, MergeError, NewCustomFieldValue,
    custom_field_values::merge_of_row,
    filter::filter,
    ids::{ApplicationStageId, CustomFieldOptionId, JobPostId, ReferrerId, RejectionReasonId},
    row::{part, row},
};
use crate::{Error, HarvestClient, List, Route, client::Call};

pub use self::{
    decision::{Hire, Rejection, RejectionEmail},
    moving::{CurrentStage, Move, MoveTo},
    new::{Conversion, NewApplication, NewProspect, UpdateApplication},
};

impl HarvestClient {
    /// Lists applications with `GET /v3/applications` (official description).
    pub fn applications(&self, filter: &ApplicationFilter) -> List<Application> {
        List::new(self, LIST, &filter.query)
    }

    /// Creates an application for a job with `POST /v3/applications` (official description). The
    /// effect of a person's second application for the same job is not documented.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn create_application(&self, new: &NewApplication) -> Result<Application, Error> {
        self.write(&Call::of(self, CREATE).with_body(new)?).await
    }

    /// Creates a prospect with `POST /v3/applications` (official description).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn create_prospect(&self, new: &NewProspect) -> Result<Application, Error> {
        self.write(&Call::of(self, CREATE).with_body(new)?).await
    }

    /// Updates an application with `PATCH /v3/applications/{id}` (official description).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn update_application(
        &self,
        application: ApplicationId,
        update: &UpdateApplication,
    ) -> Result<Application, Error> {
        let call = Call::on(self, UPDATE, application).with_body(update)?;
        self.write(&call).await
    }

    /// Turns a prospect into a candidate for a job with `POST
    /// /v3/applications/{id}/convert_to_candidate` (official description). The response is the
    /// application for the job. The description does not say whether this is a new application in
    /// addition to the prospect's.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn convert_to_candidate(
        &self,
        prospect: ApplicationId,
        conversion: &Conversion,
    ) -> Result<Application, Error> {
        let call = Call::on(self, CONVERT, prospect).with_body(conversion)?;
        self.write(&call).await
    }

    /// Deletes an application irreversibly with `DELETE /v3/applications/{id}` (official
    /// description).
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn delete_application(&self, application: ApplicationId) -> Result<(), Error> {
        self.carry_out(&Call::on(self, DELETE, application)).await
    }
}

filter! {
    /// Filter for applications (official description).
    pub struct ApplicationFilter of ApplicationId {
        /// Filters by candidate.
        candidate_ids: [CandidateId],
        /// Filters by job.
        job_ids: [JobId],
        /// Filters prospects by jobs that may suit them.
        prospective_job_ids: [JobId],
        /// Filters by job post.
        job_post_ids: [JobPostId],
        /// Filters by source.
        source_ids: [SourceId],
        /// Filters by referrer.
        referrer_ids: [ReferrerId],
        /// Filters by the current row in `application_stages`. Ids of stages in the plan match
        /// nothing and cause no error (observed live); filter by those ids with
        /// [`job_interview_stage_ids`](Self::job_interview_stage_ids).
        stage_ids: [ApplicationStageId],
        /// Filters by stage of the interview plan (observed live; not described).
        job_interview_stage_ids: [StageId],
        /// Filters by the exact name of the stage, case-sensitive.
        stage_name: String,
        /// Filters by status. Greenhouse's filter uses `active` for the status that rows call
        /// `in_process` (observed live); the client translates the value.
        status: ApplicationStatus,
        /// Filters by whether the application is a prospect.
        prospect: bool,
        /// Filters by the time of the last activity.
        last_activity_at: TimeRange,
        /// Filters by the selected option of a custom field.
        custom_field_option_id: CustomFieldOptionId,
    }
}

row! {
    /// Application of a candidate for a job, or a prospect (official description).
    pub struct Application {
        /// Id.
        pub id: ApplicationId,
        /// Candidate.
        pub candidate_id: Option<CandidateId>,
        /// Job; null for a prospect without a job.
        pub job_id: Option<JobId>,
        /// Job post through which the application arrived.
        pub job_post_id: Option<JobPostId>,
        /// `in_process`, `rejected`, `hired` or `converted`. Rows use `in_process` for the status
        /// that filters and webhooks call `active` (observed live).
        pub status: Option<ApplicationStatus>,
        /// The application's own row for its current stage, never a stage of the job's plan. Rows
        /// keep it after a rejection (observed live), although the value should then be null
        /// (documented).
        pub stage_id: Option<ApplicationStageId>,
        /// Stage of the job's interview plan. Present on every row since mid-2026 (observed live),
        /// absent before.
        pub job_interview_stage_id: Option<StageId>,
        /// Name of the stage of the job's interview plan.
        pub stage_name: Option<String>,
        /// Recruiter.
        pub recruiter_id: Option<UserId>,
        /// Coordinator.
        pub coordinator_id: Option<UserId>,
        /// Referrer of the person. The id is not a user's id (documented).
        pub referrer_id: Option<ReferrerId>,
        /// Source of the person.
        pub source_id: Option<SourceId>,
        /// Id of the agency's note.
        pub agency_note_id: Option<i64>,
        /// Reason for the rejection (one client only).
        pub rejection_reason_id: Option<RejectionReasonId>,
        /// `true` if a decision is pending.
        pub needs_decision: Option<bool>,
        /// `true` if the application is a prospect.
        pub prospect: Option<bool>,
        /// Jobs that may suit a prospect.
        pub prospective_job_ids: Option<Vec<JobId>>,
        /// The person's location.
        pub location_address: Option<String>,
        /// Answers to the questions of the job post.
        pub answers: Option<Vec<ApplicationAnswer>>,
        /// Values of custom fields.
        pub custom_fields: Option<CustomFields>,
        /// Time of the application.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
        /// Time of the last activity.
        pub last_activity_at: Option<DateTime<Utc>>,
        /// Time of the rejection.
        pub rejected_at: Option<DateTime<Utc>>,
    }
}

part! {
    /// Answer to a question of a job post.
    pub struct ApplicationAnswer {
        /// Question.
        pub question: Option<String>,
        /// Answer.
        pub answer: Option<String>,
    }
}

impl Application {
    /// Returns the stage if the row has its id or name. Rows keep the stage after a rejection
    /// (observed live).
    pub fn stage(&self) -> Option<Stage> {
        let known = self.job_interview_stage_id.is_some() || self.stage_name.is_some();
        known.then(|| Stage::new(self.job_interview_stage_id, self.stage_name.clone()))
    }

    /// Converts the row to the type shared by all directions. `None` if the row has no status.
    pub fn snapshot(&self) -> Option<ApplicationSnapshot> {
        let mut snapshot = ApplicationSnapshot::new(self.id, self.status.clone()?);
        snapshot.candidate = self.candidate_id;
        snapshot.job = self.job_id;
        snapshot.stage = self.stage();
        snapshot.last_activity_at = self.last_activity_at;
        Some(snapshot)
    }

    /// Returns the custom fields to write so that only `changes` take effect; see
    /// [`merge_custom_fields`](super::merge_custom_fields).
    ///
    /// # Errors
    ///
    /// [`MergeError`] if another field would be lost.
    pub fn custom_fields_with(
        &self,
        changes: &CustomFieldChanges,
    ) -> Result<Vec<NewCustomFieldValue>, MergeError> {
        merge_of_row(self.custom_fields.as_ref(), &self.unknown, changes)
    }
}

pub(super) const LIST: Route = Route::get("/v3/applications", "harvest:applications:list");
pub(super) const CREATE: Route = Route::post("/v3/applications", "harvest:applications:create");
pub(super) const UPDATE: Route =
    Route::patch("/v3/applications/{id}", "harvest:applications:update");
const DELETE: Route = Route::delete("/v3/applications/{id}", "harvest:applications:destroy");
const CONVERT: Route = Route::post(
    "/v3/applications/{id}/convert_to_candidate",
    "harvest:applications:convert_to_candidate",
);

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn a_row_is_read_even_if_members_are_missing() {
        let full: Application = from_value(json!({
            "id": 8_120_034_002_i64, "candidate_id": 7_310_442_002_i64, "job_id": 6_409_551_002_i64, "status": "in_process",
            "stage_id": 9_933_120_002_i64, "job_interview_stage_id": 5_120_077_002_i64, "stage_name": "Take Home Test",
            "last_activity_at": "2026-06-02T08:11:40.118Z", "answers": [{"question": "q", "answer": "a"}],
        }))
        .unwrap();
        assert_eq!(full.stage_id.unwrap().value(), 9_933_120_002);
        let answers = full.answers.as_ref().unwrap();
        assert_eq!(answers[0].answer.as_deref(), Some("a"));
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
