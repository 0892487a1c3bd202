use chrono::{DateTime, Utc};
use greenhouse_core::JobId;

use super::{
    CustomFields,
    filter::filter,
    ids::{CustomFieldOptionId, DepartmentId, OfficeId},
    row::row,
    words::words,
};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/jobs` (official description, observed live). Confidential jobs are hidden from an acting user who is not
    /// on the hiring team (documented); whether from a Site Admin, too, is told both ways.
    pub fn jobs(&self, filter: &JobFilter) -> List<Job> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which jobs to list (documented).
    pub struct JobFilter of JobId {
        /// That stand so.
        status: JobStatus,
        /// With exactly this requisition id.
        requisition_id: String,
        /// Of this department.
        department_id: DepartmentId,
        /// Of this office.
        office_id: OfficeId,
        /// Whether they are confidential.
        confidential: bool,
        /// Opened then.
        opened_at: TimeRange,
        /// Closed then.
        closed_at: TimeRange,
        /// For which this choice of a custom field was made.
        custom_field_option_id: CustomFieldOptionId,
    }
}

row! {
    /// A job (official description; every member observed live).
    pub struct Job {
        /// The id.
        pub id: JobId,
        /// The name.
        pub name: Option<String>,
        /// The customer's own number for it.
        pub requisition_id: Option<String>,
        /// Notes for the hiring team.
        pub notes: Option<String>,
        /// Whether it is hidden from those who are not on the hiring team.
        pub confidential: Option<bool>,
        /// How it stands.
        pub status: Option<JobStatus>,
        /// When it was opened.
        pub opened_at: Option<DateTime<Utc>>,
        /// When it was closed.
        pub closed_at: Option<DateTime<Utc>>,
        /// Whether other jobs are made from it.
        pub is_template: Option<bool>,
        /// The job that it was made from.
        pub copied_from_id: Option<JobId>,
        /// Its department.
        pub department_id: Option<DepartmentId>,
        /// Its offices.
        pub office_ids: Option<Vec<OfficeId>>,
        /// The values of its custom fields.
        pub custom_fields: Option<CustomFields>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// How a job stands (documented).
    pub enum JobStatus {
        /// It takes applications.
        Open = "open",
        /// Not open yet.
        Draft = "draft",
        /// No longer open.
        Closed = "closed",
    }
}

pub(super) const LIST: Route = Route::get("/v3/jobs", "harvest:jobs:list");
