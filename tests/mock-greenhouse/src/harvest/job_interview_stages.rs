use crate::harvest::ListRequest;
use crate::harvest::page;
use crate::harvest::query::Kind;
use crate::wire::Answer;

/// Serves `GET /v3/job_interview_stages`. Without `active`, lists active and inactive stages
/// (documented).
pub(super) fn list(request: &ListRequest<'_>) -> Result<Answer, Answer> {
    page::list(
        request,
        &request.state.job_interview_stages,
        FILTERS,
        |stage, filter| match filter.name {
            "job_ids" => filter.id(Some(stage.job_id)),
            "active" => filter.flag(stage.active),
            _ => false,
        },
    )
}

const FILTERS: &[(&str, Kind)] = &[("job_ids", Kind::Ids), ("active", Kind::Flag)];
