mod decision;
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

    /// `POST /v3/applications`, in its prospect form (official description).
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_prospect(&self, new: &NewProspect) -> Result<Application, Error> {
        self.write(&Call::of(self, CREATE).with_body(new)?).await
    }

    /// `PATCH /v3/applications/{id}` (official description).
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn update_application(
        &self,
        application: ApplicationId,
        update: &UpdateApplication,
    ) -> Result<Application, Error> {
        let call = Call::on(self, UPDATE, application).with_body(update)?;
        self.write(&call).await
    }

    /// `POST /v3/applications/{id}/convert_to_candidate`: makes of a prospect a candidate on a job (official description).
    /// The answer is the application on the job; whether it is a new one beside the prospect's is not said.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn convert_to_candidate(
        &self,
        prospect: ApplicationId,
        conversion: &Conversion,
    ) -> Result<Application, Error> {
        let call = Call::on(self, CONVERT, prospect).with_body(conversion)?;
        self.write(&call).await
    }

    /// `DELETE /v3/applications/{id}`, for good (official description).
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn delete_application(&self, application: ApplicationId) -> Result<(), Error> {
        self.carry_out(&Call::on(self, DELETE, application)).await
    }
}

filter! {
    /// Which applications to list (official description).
    pub struct ApplicationFilter of ApplicationId {
        /// Of these candidates.
        candidate_ids: [CandidateId],
        /// On these jobs.
        job_ids: [JobId],
        /// Prospects who may be good for these jobs.
        prospective_job_ids: [JobId],
        /// That came through these posts.
        job_post_ids: [JobPostId],
        /// From these sources.
        source_ids: [SourceId],
        /// Referred by these.
        referrer_ids: [ReferrerId],
        /// Whose current stage is one of these rows of `application_stages`. Ids of stages of the plan find nothing, without
        /// an error (observed live): for those there is [`job_interview_stage_ids`](Self::job_interview_stage_ids).
        stage_ids: [ApplicationStageId],
        /// In these stages of interview plans (observed live; not described).
        job_interview_stage_ids: [StageId],
        /// In a stage of exactly this name; letter case counts.
        stage_name: String,
        /// That stand so. The filter says `active` where rows say `in_process` (observed live); this does, too.
        status: ApplicationStatus,
        /// Whether they are prospects.
        prospect: bool,
        /// With which something last happened then.
        last_activity_at: TimeRange,
        /// For which this choice of a custom field was made.
        custom_field_option_id: CustomFieldOptionId,
    }
}

row! {
    /// One candidate on one job, or one prospect (official description).
    pub struct Application {
        /// The id.
        pub id: ApplicationId,
        /// Whose it is.
        pub candidate_id: Option<CandidateId>,
        /// The job; null for a prospect without one.
        pub job_id: Option<JobId>,
        /// The post that it came through.
        pub job_post_id: Option<JobPostId>,
        /// `in_process`, `rejected`, `hired` or `converted`: where filter and webhooks say `active`, rows say `in_process`
        /// (observed live).
        pub status: Option<ApplicationStatus>,
        /// The application's own row for its current stage, never a stage of the job's plan. It stays after a rejection
        /// (observed live), although it is said to be null then (documented).
        pub stage_id: Option<ApplicationStageId>,
        /// The stage of the job's interview plan; on every row since mid-2026 (observed live), absent before.
        pub job_interview_stage_id: Option<StageId>,
        /// The name of that stage.
        pub stage_name: Option<String>,
        /// The recruiter.
        pub recruiter_id: Option<UserId>,
        /// The coordinator.
        pub coordinator_id: Option<UserId>,
        /// Who referred the person: a referrer, not a user (documented).
        pub referrer_id: Option<ReferrerId>,
        /// Where the person comes from.
        pub source_id: Option<SourceId>,
        /// A note of an agency.
        pub agency_note_id: Option<i64>,
        /// The reason of its rejection (one client only).
        pub rejection_reason_id: Option<RejectionReasonId>,
        /// Whether somebody has to decide.
        pub needs_decision: Option<bool>,
        /// Whether it is a prospect.
        pub prospect: Option<bool>,
        /// Jobs that a prospect may be good for.
        pub prospective_job_ids: Option<Vec<JobId>>,
        /// Where the person is.
        pub location_address: Option<String>,
        /// Answers to the questions of the job post.
        pub answers: Option<Vec<ApplicationAnswer>>,
        /// The values of custom fields.
        pub custom_fields: Option<CustomFields>,
        /// When the person applied.
        pub created_at: Option<DateTime<Utc>>,
        /// When the row last changed.
        pub updated_at: Option<DateTime<Utc>>,
        /// When something last happened to it.
        pub last_activity_at: Option<DateTime<Utc>>,
        /// When it was rejected.
        pub rejected_at: Option<DateTime<Utc>>,
    }
}

part! {
    /// An answer to a question of a job post.
    pub struct ApplicationAnswer {
        /// The question.
        pub question: Option<String>,
        /// The answer.
        pub answer: Option<String>,
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

    /// The custom fields to write so that these change and no other does; see
    /// [`merge_custom_fields`](super::merge_custom_fields).
    ///
    /// # Errors
    ///
    /// [`MergeError`] where another field would be lost.
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
    fn a_row_is_read_whatever_is_missing() {
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
