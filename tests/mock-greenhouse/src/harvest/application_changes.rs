use http::StatusCode;

use crate::harvest::body::ClosedBody;
use crate::harvest::{WriteRequest, custom_fields};
use crate::rows::ApplicationStatus;
use crate::wire::Answer;

/// Serves `PATCH /v3/applications/{id}`. Returns 200 with the row. The body is closed and accepts
/// no null (official specification). Fires `application_updated`.
///
/// `rejected_at` changes the date of a rejection, but does not reject. Pool and stage of a prospect
/// are accepted and discarded (both unknown).
pub(super) fn update(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let (source_id, referrer_id) = (body.integer("source_id"), body.integer("referrer_id"));
    let (recruiter_id, coordinator_id) =
        (body.integer("recruiter_id"), body.integer("coordinator_id"));
    body.number("prospect_pool_id");
    body.number("prospect_stage_id");
    let (rejected_at, created_at) = (body.date("rejected_at"), body.date("created_at"));
    let sent = custom_fields::read(&mut body, request.state, "application", false);
    body.finish()?;

    let row = request
        .state
        .applications
        .get(&request.id)
        .ok_or_else(|| Answer::no_record("Application"))?;
    let values = sent.map(|sent| {
        custom_fields::merged_values(request.state, "application", Some(&row.custom_fields), sent)
    });
    if let Some(row) = request.state.applications.get_mut(&request.id) {
        row.source_id = source_id.or(row.source_id);
        row.referrer_id = referrer_id.or(row.referrer_id);
        row.recruiter_id = recruiter_id.or(row.recruiter_id);
        row.coordinator_id = coordinator_id.or(row.coordinator_id);
        row.created_at = created_at.unwrap_or(row.created_at);
        if row.status == ApplicationStatus::Rejected {
            row.rejected_at = rejected_at.or(row.rejected_at);
        }
        if let Some(values) = values {
            row.custom_fields = values;
        }
    }
    let event = request.state.update_application(request.id, request.now)?;
    request.events.push(event);
    changed(request)
}

/// Serves `POST /v3/applications/{id}/convert_to_candidate`. Returns 200 with a row (official
/// specification).
///
/// The prospect becomes `converted`. The response is the row of a new application to the job
/// (inferred).
pub(super) fn convert_to_candidate(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let job_id = body.required_integer("job_id");
    let stage_id = body.integer("to_job_interview_stage_id");
    body.finish()?;

    request.id = request
        .state
        .convert_to_candidate(request.id, job_id, stage_id, request.now)?;
    changed(request)
}

/// Serves `DELETE /v3/applications/{id}`. Returns 200 with a message (official specification).
pub(super) fn delete(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let events = request.state.delete_application(request.id)?;
    request.events.extend(events);
    Ok(Answer::deleted("Application", request.id))
}

fn changed(request: &WriteRequest<'_>) -> Result<Answer, Answer> {
    let row = request
        .state
        .applications
        .get(&request.id)
        .ok_or_else(|| Answer::no_record("Application"))?;
    Ok(Answer::json(StatusCode::OK, row))
}
