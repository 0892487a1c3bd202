use chrono::{DateTime, NaiveDate, Utc};
use greenhouse_core::{CandidateId, JobId, SourceId, StageId, UserId};

use crate::api::{
    DepartmentId, NewCustomFieldValue, OfficeId, ProspectPoolId, ProspectPoolStageId, ReferrerId,
    body::body,
};

body! {
    /// An application on a job to create (official description). A prospect is another form: [`NewProspect`].
    #[derive(Debug)]
    pub struct NewApplication, fn on {
        required {
            /// Whose it is.
            candidate_id: CandidateId,
            /// The job.
            job_id: JobId,
        }
        optional {
            /// The stage of the job's interview plan to begin at; without one, the first. That of another job is presumably
            /// refused (unknown).
            initial_stage_id: StageId,
            /// Where the person comes from.
            source_id: SourceId,
            /// The recruiter.
            recruiter_id: UserId,
            /// The coordinator.
            coordinator_id: UserId,
            /// Who referred the person.
            referrer_id: ReferrerId,
            /// When the person applied, if not now.
            created_at: DateTime<Utc>,
        }
        lists {
            /// Values of custom fields.
            custom_fields: NewCustomFieldValue,
        }
    }
}

impl NewApplication {
    /// An application of this candidate on this job.
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
    /// A prospect to create (official description): somebody who may be good for a job. An application on a job is another
    /// form: [`NewApplication`].
    #[derive(Debug)]
    pub struct NewProspect, pub fn new {
        fixed { prospect: bool = true, }
        required {
            /// Whose it is.
            candidate_id: CandidateId,
        }
        optional {
            /// The pool.
            prospect_pool_id: ProspectPoolId,
            /// The stage of the pool.
            prospect_pool_stage_id: ProspectPoolStageId,
            /// Whose prospect it is.
            prospect_owner_id: UserId,
            /// The department that the person may be good for.
            prospective_department_id: DepartmentId,
            /// The office that the person may be good for.
            prospective_office_id: OfficeId,
            /// Where the person comes from.
            source_id: SourceId,
            /// The recruiter.
            recruiter_id: UserId,
            /// The coordinator.
            coordinator_id: UserId,
            /// Who referred the person.
            referrer_id: ReferrerId,
            /// When the person came in, if not now.
            created_at: DateTime<Utc>,
        }
        lists {
            /// Jobs that the person may be good for.
            job_ids: JobId,
            /// Values of custom fields.
            custom_fields: NewCustomFieldValue,
        }
    }
}

body! {
    /// What to change of an application (official description). What is `None` stays as it is; nothing can be cleared but the
    /// value of a custom field.
    #[derive(Debug, Default)]
    pub struct UpdateApplication, pub fn new {
        optional {
            /// Where the person comes from.
            source_id: SourceId,
            /// Who referred the person.
            referrer_id: ReferrerId,
            /// The recruiter.
            recruiter_id: UserId,
            /// The coordinator.
            coordinator_id: UserId,
            /// The pool, of a prospect.
            prospect_pool_id: ProspectPoolId,
            /// The stage of the pool, of a prospect. Creating calls it `prospect_pool_stage_id`.
            prospect_stage_id: ProspectPoolStageId,
            /// The day of the rejection. Whether it rejects somebody who is not rejected is unknown.
            rejected_at: NaiveDate,
            /// The day of applying.
            created_at: NaiveDate,
            /// The values of every custom field: whether they **replace** what there is or add to it is unknown.
            /// [`Application::custom_fields_with`](super::Application::custom_fields_with) gives the whole set.
            custom_fields: Vec<NewCustomFieldValue>,
        }
    }
}

body! {
    /// How to make a candidate of a prospect (official description).
    #[derive(Debug, Eq)]
    pub struct Conversion, pub fn new {
        required {
            /// The job.
            job_id: JobId,
        }
        optional {
            /// The stage of the job's interview plan to begin at.
            to_job_interview_stage_id: StageId,
        }
    }
}
