use chrono::{DateTime, Utc};
use greenhouse_core::JobId;

use super::{
    CustomFields,
    filter::filter,
    ids::{CustomFieldOptionId, DepartmentId, OfficeId},
    row::row,
    words::words,
};
use crate::{Error, HarvestClient, List, Route, lookup::matching};

impl HarvestClient {
    /// Lists jobs with `GET /v3/jobs` (official description, observed live). Confidential jobs are
    /// hidden from an acting user outside the hiring team (documented). Sources disagree on whether
    /// this applies to Site Admins.
    pub fn jobs(&self, filter: &JobFilter) -> List<Job> {
        List::new(self, LIST, &filter.query)
    }

    /// Returns `true` if the job is in the list of jobs that the acting user can see. A
    /// confidential job and its applications are hidden from users outside its hiring team
    /// (documented). Sources disagree on whether this applies to Site Admins. The result `true` is
    /// cached for ten minutes.
    ///
    /// # Errors
    ///
    /// [`Error`] if the list of jobs cannot be read.
    pub async fn can_see_job(&self, job: JobId) -> Result<bool, Error> {
        if self.has_seen_job(job) {
            return Ok(true);
        }
        let filter = JobFilter::new().ids([job]);
        let rows = matching(|| self.jobs(&filter), |row| row.id == job).await?;
        let visible = !rows.is_empty();
        if visible {
            self.note_seen_job(job);
        }
        Ok(visible)
    }
}

filter! {
    /// Filter for jobs (documented).
    pub struct JobFilter of JobId {
        /// Filters by status.
        status: JobStatus,
        /// Filters by exact requisition id.
        requisition_id: String,
        /// Filters by department.
        department_id: DepartmentId,
        /// Filters by office.
        office_id: OfficeId,
        /// Filters by whether the job is confidential.
        confidential: bool,
        /// Filters by opening time.
        opened_at: TimeRange,
        /// Filters by closing time.
        closed_at: TimeRange,
        /// Filters by the selected option of a custom field.
        custom_field_option_id: CustomFieldOptionId,
    }
}

row! {
    /// Job (official description; every member observed live).
    pub struct Job {
        /// Id.
        pub id: JobId,
        /// Name.
        pub name: Option<String>,
        /// The customer's own id for the job.
        pub requisition_id: Option<String>,
        /// Notes for the hiring team.
        pub notes: Option<String>,
        /// `true` if the job is hidden from users outside the hiring team.
        pub confidential: Option<bool>,
        /// Status.
        pub status: Option<JobStatus>,
        /// Opening time.
        pub opened_at: Option<DateTime<Utc>>,
        /// Closing time.
        pub closed_at: Option<DateTime<Utc>>,
        /// `true` if the job is a template for other jobs.
        pub is_template: Option<bool>,
        /// Job from which this job was copied.
        pub copied_from_id: Option<JobId>,
        /// Department.
        pub department_id: Option<DepartmentId>,
        /// Offices.
        pub office_ids: Option<Vec<OfficeId>>,
        /// Values of custom fields.
        pub custom_fields: Option<CustomFields>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Status of a job (documented).
    pub enum JobStatus {
        /// The job accepts applications.
        Open = "open",
        /// The job has not been opened.
        Draft = "draft",
        /// The job is no longer open.
        Closed = "closed",
    }
}

pub(super) const LIST: Route = Route::get("/v3/jobs", "harvest:jobs:list");
