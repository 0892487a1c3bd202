use chrono::{DateTime, Utc};
use greenhouse_core::{
    AgencyId, CandidateId, CustomFieldOptionId, DepartmentId, InterviewerTagId, OfficeId,
};

use super::{
    CustomFields,
    filter::filter,
    row::{part, row},
};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/users` (official description). Service accounts are hidden unless asked for, deactivated users are not.
    pub fn users(&self, filter: &UserFilter) -> List<User> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which users to list (official description).
    pub struct UserFilter of UserId {
        /// With this primary address.
        primary_email: String,
        /// With these employee ids.
        employee_ids: [String],
        /// Whether they are deactivated; without it, both kinds.
        deactivated: bool,
        /// Whether service accounts are among them. Greenhouse's default: no.
        show_service_accounts: bool,
        /// Of these agencies.
        agency_ids: [AgencyId],
        /// Of these offices.
        office_ids: [OfficeId],
        /// Of these departments.
        department_ids: [DepartmentId],
        /// Linked to these candidates.
        linked_candidate_ids: [CandidateId],
        /// With these tags for interviewers.
        interviewer_tag_ids: [InterviewerTagId],
        /// For whom this choice of a custom field was made.
        custom_field_option_id: CustomFieldOptionId,
        /// Of the office with this external id.
        external_office_id: String,
        /// Of the department with this external id.
        external_department_id: String,
    }
}

row! {
    /// A user of Greenhouse (official description). Debug shows the id only.
    pub struct User of UserId {
        /// The given name.
        first_name: String,
        /// The family name.
        last_name: String,
        /// The whole name.
        name: String,
        /// The address.
        primary_email: String,
        /// All addresses; absent even from the official example.
        emails: Vec<String>,
        /// The job title.
        job_title: String,
        /// The agency, of an agency's user.
        agency_id: AgencyId,
        /// Whether the user can no longer do anything.
        deactivated: bool,
        /// Whether the user sees everything.
        site_admin: bool,
        /// The customer's own number for the user.
        employee_id: String,
        /// Candidates who are the same person.
        linked_candidate_ids: Vec<CandidateId>,
        /// Offices.
        office_ids: Vec<OfficeId>,
        /// Departments.
        department_ids: Vec<DepartmentId>,
        /// Tags for interviewers.
        interviewer_tags: Vec<InterviewerTag>,
        /// The values of custom fields.
        custom_fields: CustomFields,
        /// When the user was made.
        created_at: DateTime<Utc>,
        /// When the user was last changed.
        updated_at: DateTime<Utc>,
    }
}

part! {
    /// A tag for interviewers.
    pub struct InterviewerTag {
        /// The id.
        id: InterviewerTagId,
        /// The name.
        name: String,
    }
}

pub(super) const LIST: Route = Route::get("/v3/users", "harvest:users:list");
