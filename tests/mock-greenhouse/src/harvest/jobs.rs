use crate::harvest::page;
use crate::harvest::query::Kind;
use crate::harvest::{ListRequest, custom_fields};
use crate::wire::Answer;

/// Serves `GET /v3/jobs`. The filters `department_id` and `office_id` accept one id (observed
/// live).
pub(super) fn list(request: &ListRequest<'_>) -> Result<Answer, Answer> {
    page::list(
        request,
        &request.state.jobs,
        FILTERS,
        |job, filter| match filter.name {
            "status" => filter.text(Some(&job.status)),
            "requisition_id" => filter.text(job.requisition_id.as_deref()),
            "department_id" => filter.id(job.department_id),
            "office_id" => filter.any_id(&job.office_ids),
            "confidential" => filter.flag(job.confidential),
            "opened_at" => filter.time(job.opened_at),
            "closed_at" => filter.time(job.closed_at),
            "custom_field_option_id" => {
                custom_fields::has_option(request.state, filter, &job.custom_fields)
            }
            _ => false,
        },
    )
}

const FILTERS: &[(&str, Kind)] = &[
    ("status", Kind::OneOf(&["open", "draft", "closed"])),
    ("requisition_id", Kind::Text),
    ("department_id", Kind::Id),
    ("office_id", Kind::Id),
    ("confidential", Kind::Flag),
    ("opened_at", Kind::Time),
    ("closed_at", Kind::Time),
    ("custom_field_option_id", Kind::Id),
];
