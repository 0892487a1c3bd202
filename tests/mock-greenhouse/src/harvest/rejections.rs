use http::StatusCode;

use crate::harvest::body::ClosedBody;
use crate::harvest::query::Kind;
use crate::harvest::{ListRequest, WriteRequest, page};
use crate::wire::Answer;

/// Serves `GET /v3/rejection_reasons`. Hides Greenhouse's own reasons by default (unknown; the
/// parameter `include_defaults` is documented).
pub(super) fn reasons(request: &ListRequest<'_>) -> Result<Answer, Answer> {
    let hidden = [("include_defaults", "false")];
    page::list_with(
        request,
        &request.state.rejection_reasons,
        &[("include_defaults", Kind::Flag)],
        &hidden,
        |reason, filter| filter.flag(true) || !reason.default,
    )
}

/// Serves `GET /v3/rejection_reasons/{id}`, one of the few reads by id (official specification).
pub(super) fn reason(request: &ListRequest<'_>) -> Result<Answer, Answer> {
    let reason = request
        .state
        .rejection_reasons
        .get(&request.id)
        .filter(|_| request.sees_rows)
        .ok_or_else(|| Answer::no_record("Rejection reason"))?;
    Ok(Answer::json(StatusCode::OK, reason))
}

/// Serves `PATCH /v3/rejection_details/{id}`. Returns 200 with the row (documented; the only member
/// of the body is known from a client).
pub(super) fn update_detail(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let reason = body.integer("rejection_reason_id");
    body.finish()?;

    let state = &mut *request.state;
    if reason.is_some_and(|reason| !state.rejection_reasons.contains_key(&reason)) {
        return Err(Answer::refused("Rejection reason not found"));
    }
    let detail = state
        .records
        .get_mut("rejection_details", request.id)
        .ok_or_else(|| Answer::no_record("Rejection detail"))?;
    if let Some(reason) = reason {
        detail.set("rejection_reason_id", reason, request.now);
        let application = detail.integer("application_id").unwrap_or_default();
        if let Some(application) = state.applications.get_mut(&application) {
            application.rejection_reason_id = Some(reason);
            application.updated_at = request.now;
        }
    }
    Ok(Answer::json(StatusCode::OK, detail))
}
