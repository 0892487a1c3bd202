use crate::harvest::page;
use crate::harvest::query::Kind;
use crate::harvest::{ListRequest, custom_fields};
use crate::wire::Answer;

/// Serves `GET /v3/users`. Hides service accounts by default (official specification).
pub(super) fn list(request: &ListRequest<'_>) -> Result<Answer, Answer> {
    let hidden = [("show_service_accounts", "false")];
    page::list_with(
        request,
        &request.state.users,
        FILTERS,
        &hidden,
        |user, filter| match filter.name {
            "primary_email" => filter.same_word(&user.primary_email),
            "employee_ids" => filter.text(user.employee_id.as_deref()),
            "deactivated" => filter.flag(user.deactivated),
            "show_service_accounts" => filter.flag(true) || !user.service_account,
            "agency_ids" => filter.id(user.agency_id),
            "office_ids" => filter.any_id(&user.office_ids),
            "department_ids" => filter.any_id(&user.department_ids),
            "interviewer_tag_ids" => filter.any_id(&user.interviewer_tag_ids()),
            "linked_candidate_ids" => filter.any_id(&user.linked_candidate_ids),
            "custom_field_option_id" => {
                custom_fields::has_option(request.state, filter, &user.custom_fields)
            }
            // The mock has no external ids of offices and departments.
            _ => false,
        },
    )
}

const FILTERS: &[(&str, Kind)] = &[
    ("primary_email", Kind::Text),
    ("employee_ids", Kind::Text),
    ("deactivated", Kind::Flag),
    ("show_service_accounts", Kind::Flag),
    ("agency_ids", Kind::Ids),
    ("office_ids", Kind::Ids),
    ("department_ids", Kind::Ids),
    ("linked_candidate_ids", Kind::Ids),
    ("interviewer_tag_ids", Kind::Ids),
    ("custom_field_option_id", Kind::Id),
    ("external_office_id", Kind::Text),
    ("external_department_id", Kind::Text),
];
