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
    /// Lists users with `GET /v3/users` (official description). Service accounts are hidden by
    /// default; deactivated users are not.
    pub fn users(&self, filter: &UserFilter) -> List<User> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for users (official description).
    pub struct UserFilter of UserId {
        /// Filters by primary email address.
        primary_email: String,
        /// Filters by employee id.
        employee_ids: [String],
        /// Filters by whether the user is deactivated. Default: both.
        deactivated: bool,
        /// Sets whether the list includes service accounts. Greenhouse's default: no.
        show_service_accounts: bool,
        /// Filters by agency.
        agency_ids: [AgencyId],
        /// Filters by office.
        office_ids: [OfficeId],
        /// Filters by department.
        department_ids: [DepartmentId],
        /// Filters by linked candidate.
        linked_candidate_ids: [CandidateId],
        /// Filters by interviewer tag.
        interviewer_tag_ids: [InterviewerTagId],
        /// Filters by the selected option of a custom field.
        custom_field_option_id: CustomFieldOptionId,
        /// Filters by external id of the office.
        external_office_id: String,
        /// Filters by external id of the department.
        external_department_id: String,
    }
}

row! {
    /// Greenhouse user (official description). `Debug` shows only the id.
    pub struct User {
        /// Id.
        pub id: UserId,
        /// Given name.
        pub first_name: Option<String>,
        /// Family name.
        pub last_name: Option<String>,
        /// Full name.
        pub name: Option<String>,
        /// Primary email address.
        pub primary_email: Option<String>,
        /// All email addresses; absent even in the official example.
        pub emails: Option<Vec<String>>,
        /// Job title.
        pub job_title: Option<String>,
        /// Agency to which the user belongs, if any.
        pub agency_id: Option<AgencyId>,
        /// `true` if the user is deactivated.
        pub deactivated: Option<bool>,
        /// `true` if the user is a Site Admin.
        pub site_admin: Option<bool>,
        /// The customer's own id for the user.
        pub employee_id: Option<String>,
        /// Candidates who are the same person.
        pub linked_candidate_ids: Option<Vec<CandidateId>>,
        /// Offices.
        pub office_ids: Option<Vec<OfficeId>>,
        /// Departments.
        pub department_ids: Option<Vec<DepartmentId>>,
        /// Interviewer tags.
        pub interviewer_tags: Option<Vec<InterviewerTag>>,
        /// Values of custom fields.
        pub custom_fields: Option<CustomFields>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

part! {
    /// Tag for interviewers.
    pub struct InterviewerTag {
        /// Id.
        pub id: Option<InterviewerTagId>,
        /// Name.
        pub name: Option<String>,
    }
}

pub(super) const LIST: Route = Route::get("/v3/users", "harvest:users:list");
