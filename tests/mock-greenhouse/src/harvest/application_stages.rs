use crate::harvest::ListRequest;
use crate::harvest::page;
use crate::harvest::query::Kind;
use crate::wire::Answer;

/// Serves `GET /v3/application_stages`.
pub(super) fn list(request: &ListRequest<'_>) -> Result<Answer, Answer> {
    page::list(
        request,
        &request.state.application_stages,
        FILTERS,
        |row, filter| match filter.name {
            "application_ids" => filter.id(Some(row.application_id)),
            "job_interview_stage_ids" => filter.id(Some(row.job_interview_stage_id)),
            "current" => filter.flag(row.current),
            _ => false,
        },
    )
}

const FILTERS: &[(&str, Kind)] = &[
    ("application_ids", Kind::Ids),
    ("job_interview_stage_ids", Kind::Ids),
    ("current", Kind::Flag),
];
