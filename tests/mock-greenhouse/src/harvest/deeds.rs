//! Actions on an application: `POST /v3/applications/{id}/<verb>`. Each answers 204 without a body
//! (official specification).

use http::StatusCode;

use crate::harvest::members::Members;
use crate::harvest::{Writing, custom_fields};
use crate::state::{Placement, RejectionWords};
use crate::wire::Answer;

/// `POST .../move`. A move to the current stage answers 204 and fires nothing (unknown).
pub(super) fn move_application(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let mut body = Members::read(writing.call)?;
    let from = body.required_integer("from_stage_id");
    let to = Placement {
        stage_id: body.integer("to_stage_id"),
        job_id: body.integer("to_job_id"),
    };
    body.integer("email_from_user_id");
    body.finish()?;

    let event = writing
        .state
        .move_application(writing.id, from, to, writing.now)?;
    writing.events.extend(event);
    Ok(done())
}

/// `POST .../reject`. A rejected application answers 422 (documented).
pub(super) fn reject(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let mut body = Members::read(writing.call)?;
    let reason = body.required_integer("rejection_reason_id");
    let note = body.text("notes");
    body.object("rejection_email", |email| {
        email.time("send_email_at");
        email.integer("email_template_id");
        email.integer("email_from_user_id");
    });
    let answers = custom_fields::read(&mut body, writing.state, "rejection_question", true);
    body.finish()?;

    writing.state.reject(writing.id, reason, writing.now)?;
    let words = RejectionWords {
        rejected_by: Some(writing.acting_user),
        note,
        answers: answers.unwrap_or_default(),
    };
    writing
        .state
        .say_at_rejection(writing.id, words, writing.now);
    writing.events.push(writing.state.rejected(writing.id)?);
    Ok(done())
}

/// `POST .../unreject`, with a closed, empty body.
pub(super) fn unreject(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    Members::read(writing.call)?.finish()?;

    let event = writing.state.unreject(writing.id, writing.now)?;
    writing.events.push(event);
    Ok(done())
}

/// `POST .../hire`.
pub(super) fn hire(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let mut body = Members::read(writing.call)?;
    let starts_at = body.day("start_date");
    body.integer("opening_id");
    if body
        .value("close_reason_id")
        .is_some_and(|reason| !reason.is_null() && !reason.is_i64())
    {
        body.problem("close_reason_id", "is not an integer");
    }
    body.finish()?;

    let events = writing.state.hire(writing.id, starts_at, writing.now)?;
    writing.events.extend(events);
    Ok(done())
}

fn done() -> Answer {
    Answer::empty(StatusCode::NO_CONTENT)
}
