use chrono::{DateTime, Utc};
use greenhouse_core::{CustomFieldOptionId, DepartmentId, JobId, OfficeId};

use super::{CustomFields, filter::filter, row::row, words::words};
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
    pub struct Job of JobId {
        /// The name.
        name: String,
        /// The customer's own number for it.
        requisition_id: String,
        /// Notes for the hiring team.
        notes: String,
        /// Whether it is hidden from those who are not on the hiring team.
        confidential: bool,
        /// How it stands.
        status: JobStatus,
        /// When it was opened.
        opened_at: DateTime<Utc>,
        /// When it was closed.
        closed_at: DateTime<Utc>,
        /// Whether other jobs are made from it.
        is_template: bool,
        /// The job that it was made from.
        copied_from_id: JobId,
        /// Its department.
        department_id: DepartmentId,
        /// Its offices.
        office_ids: Vec<OfficeId>,
        /// The values of its custom fields.
        custom_fields: CustomFields,
        /// When it was made.
        created_at: DateTime<Utc>,
        /// When it was last changed.
        updated_at: DateTime<Utc>,
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
