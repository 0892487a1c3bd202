use chrono::{DateTime, Utc};
use greenhouse_core::{CandidateId, UserId};

use super::{
    CustomFields,
    filter::filter,
    ids::{AgencyId, CustomFieldOptionId, DepartmentId, InterviewerTagId, OfficeId},
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
    pub struct User {
        /// The id.
        pub id: UserId,
        /// The given name.
        pub first_name: Option<String>,
        /// The family name.
        pub last_name: Option<String>,
        /// The whole name.
        pub name: Option<String>,
        /// The address.
        pub primary_email: Option<String>,
        /// All addresses; absent even from the official example.
        pub emails: Option<Vec<String>>,
        /// The job title.
        pub job_title: Option<String>,
        /// The agency, of an agency's user.
        pub agency_id: Option<AgencyId>,
        /// Whether the user can no longer do anything.
        pub deactivated: Option<bool>,
        /// Whether the user sees everything.
        pub site_admin: Option<bool>,
        /// The customer's own number for the user.
        pub employee_id: Option<String>,
        /// Candidates who are the same person.
        pub linked_candidate_ids: Option<Vec<CandidateId>>,
        /// Offices.
        pub office_ids: Option<Vec<OfficeId>>,
        /// Departments.
        pub department_ids: Option<Vec<DepartmentId>>,
        /// Tags for interviewers.
        pub interviewer_tags: Option<Vec<InterviewerTag>>,
        /// The values of custom fields.
        pub custom_fields: Option<CustomFields>,
        /// When the user was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When the user was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

part! {
    /// A tag for interviewers.
    pub struct InterviewerTag {
        /// The id.
        pub id: Option<InterviewerTagId>,
        /// The name.
        pub name: Option<String>,
    }
}

pub(super) const LIST: Route = Route::get("/v3/users", "harvest:users:list");
