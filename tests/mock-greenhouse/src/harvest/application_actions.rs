//! Actions on an application: `POST /v3/applications/{id}/<verb>`. Each returns 204 without a body
//! (official specification).

use http::StatusCode;

use crate::harvest::body::ClosedBody;
use crate::harvest::{WriteRequest, custom_fields};
use crate::state::{Placement, RejectionInput};
use crate::wire::Answer;

/// Serves `POST .../move`. A move to the current stage returns 204 and fires no event (unknown).
pub(super) fn move_application(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let from = body.required_integer("from_stage_id");
    let to = Placement {
        stage_id: body.integer("to_stage_id"),
        job_id: body.integer("to_job_id"),
    };
    body.integer("email_from_user_id");
    body.finish()?;

    let event = request
        .state
        .move_application(request.id, from, to, request.now)?;
    request.events.extend(event);
    Ok(done())
}

/// Serves `POST .../reject`. Returns 422 for a rejected application (documented).
pub(super) fn reject(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let reason = body.required_integer("rejection_reason_id");
    let note = body.text("notes");
    body.object("rejection_email", |email| {
        email.time("send_email_at");
        email.integer("email_template_id");
        email.integer("email_from_user_id");
    });
    let answers = custom_fields::read(&mut body, request.state, "rejection_question", true);
    body.finish()?;

    request.state.reject(request.id, reason, request.now)?;
    let input = RejectionInput {
        rejected_by: Some(request.acting_user),
        note,
        answers: answers.unwrap_or_default(),
    };
    request
        .state
        .add_rejection_input(request.id, input, request.now);
    request
        .events
        .push(request.state.rejection_event(request.id)?);
    Ok(done())
}

/// Serves `POST .../unreject`. The body is closed and empty.
pub(super) fn unreject(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    ClosedBody::read(request.call)?.finish()?;

    let event = request.state.unreject(request.id, request.now)?;
    request.events.push(event);
    Ok(done())
}

/// Serves `POST .../hire`.
pub(super) fn hire(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let starts_at = body.day("start_date");
    body.integer("opening_id");
    if body
        .value("close_reason_id")
        .is_some_and(|reason| !reason.is_null() && !reason.is_i64())
    {
        body.problem("close_reason_id", "is not an integer");
    }
    body.finish()?;

    let events = request.state.hire(request.id, starts_at, request.now)?;
    request.events.extend(events);
    Ok(done())
}

fn done() -> Answer {
    Answer::empty(StatusCode::NO_CONTENT)
}
