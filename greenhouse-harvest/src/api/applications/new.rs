use chrono::{DateTime, NaiveDate, Utc};
use greenhouse_core::{CandidateId, JobId, SourceId, StageId, UserId};

use crate::api::{
    DepartmentId, NewCustomFieldValue, OfficeId, ProspectPoolId, ProspectPoolStageId, ReferrerId,
    body::body,
};

body! {
    /// New application for a job (official description). For a prospect, use [`NewProspect`].
    #[derive(Debug)]
    pub struct NewApplication, fn on {
        required {
            /// Candidate.
            candidate_id: CandidateId,
            /// Job.
            job_id: JobId,
        }
        optional {
            /// Initial stage in the job's interview plan. Default: the first stage. A stage of
            /// another job is presumably refused (unknown).
            initial_stage_id: StageId,
            /// Source of the person.
            source_id: SourceId,
            /// Recruiter.
            recruiter_id: UserId,
            /// Coordinator.
            coordinator_id: UserId,
            /// Referrer of the person.
            referrer_id: ReferrerId,
            /// Time of the application. Default: now.
            created_at: DateTime<Utc>,
        }
        lists {
            /// Values of custom fields.
            custom_fields: NewCustomFieldValue,
        }
    }
}

impl NewApplication {
    /// Creates an application of this candidate for this job.
    pub fn new(
        candidate_id: CandidateId,
        job_id: JobId,
        initial_stage_id: Option<StageId>,
    ) -> Self {
        let mut new = Self::on(candidate_id, job_id);
        new.initial_stage_id = initial_stage_id;
        new
    }
}

body! {
    /// New prospect (official description): a person who may suit a job. For an application for a
    /// job, use [`NewApplication`].
    #[derive(Debug)]
    pub struct NewProspect, pub fn new {
        fixed { prospect: bool = true, }
        required {
            /// Candidate.
            candidate_id: CandidateId,
        }
        optional {
            /// Prospect pool.
            prospect_pool_id: ProspectPoolId,
            /// Stage of the prospect pool.
            prospect_pool_stage_id: ProspectPoolStageId,
            /// Owner of the prospect.
            prospect_owner_id: UserId,
            /// Department that may suit the person.
            prospective_department_id: DepartmentId,
            /// Office that may suit the person.
            prospective_office_id: OfficeId,
            /// Source of the person.
            source_id: SourceId,
            /// Recruiter.
            recruiter_id: UserId,
            /// Coordinator.
            coordinator_id: UserId,
            /// Referrer of the person.
            referrer_id: ReferrerId,
            /// Creation time of the prospect. Default: now.
            created_at: DateTime<Utc>,
        }
        lists {
            /// Jobs that may suit the person.
            job_ids: JobId,
            /// Values of custom fields.
            custom_fields: NewCustomFieldValue,
        }
    }
}

body! {
    /// Changes to an application (official description). `None` leaves a member unchanged. Only the
    /// value of a custom field can be cleared.
    #[derive(Debug, Default)]
    pub struct UpdateApplication, pub fn new {
        optional {
            /// Source of the person.
            source_id: SourceId,
            /// Referrer of the person.
            referrer_id: ReferrerId,
            /// Recruiter.
            recruiter_id: UserId,
            /// Coordinator.
            coordinator_id: UserId,
            /// Prospect pool.
            prospect_pool_id: ProspectPoolId,
            /// Stage in the prospect pool. Named `prospect_pool_stage_id` in the body that creates a
            /// prospect.
            prospect_stage_id: ProspectPoolStageId,
            /// Day of the rejection. The effect on an application that is not rejected is unknown.
            rejected_at: NaiveDate,
            /// Day of the application.
            created_at: NaiveDate,
            /// Values of all custom fields. It is unknown whether the list **replaces** the
            /// existing values or adds to them.
            /// [`Application::custom_fields_with`](super::Application::custom_fields_with) returns
            /// the complete list.
            custom_fields: Vec<NewCustomFieldValue>,
        }
    }
}

body! {
    /// Conversion of a prospect to a candidate (official description).
    #[derive(Debug, Eq)]
    pub struct Conversion, pub fn new {
        required {
            /// Job.
            job_id: JobId,
        }
        optional {
            /// Initial stage in the job's interview plan.
            to_job_interview_stage_id: StageId,
        }
    }
}
