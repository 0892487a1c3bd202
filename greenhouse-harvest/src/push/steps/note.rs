//! Writes the score, the recommendation and the traits as a note.

use greenhouse_core::{ApplicationId, scorecard::note_has_marker, store::PushStep};

use super::PushTarget;
use crate::{
    Error, HarvestClient,
    api::{NewNote, Note, NoteFilter},
    lookup::{agrees, matching},
    push::{
        StepError,
        context::StepContext,
        ledger::{Ledger, Operation},
        texts::operation,
    },
};

/// Writes the scorecard as a note, unless the note exists. The note's last line has the marker that
/// identifies it.
pub(super) async fn note(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    target: &PushTarget,
) -> Result<(), StepError> {
    let application = target.application;
    let find = || find_note(&context.reads, application, &context.plan.marker);
    let absent = match ledger.earlier(context, NOTE, &find).await? {
        Ok(_) => return Ok(()),
        Err(absent) => absent,
    };
    let body = context
        .plan
        .note(context.report_link.as_deref(), ledger.push());
    let visibility = context.settings.note_visibility;
    let candidate = ledger.owner(target.candidate);
    let new = NewNote::new(candidate, application, visibility, body);
    let send =
        |writer: HarvestClient| async move { Ok(writer.create_note(&new).await?.id.value()) };
    let sent = ledger.once(NOTE, absent, find, send).await?;
    sent.map_err(|error| NOTE.write_failed(&error))?;
    Ok(())
}

async fn find_note(
    reads: &HarvestClient,
    application: ApplicationId,
    marker: &str,
) -> Result<Option<i64>, Error> {
    let filter = NoteFilter::new().application_ids([application]);
    let asked = |row: &Note| agrees(row.application_id, application);
    let rows = matching(|| reads.notes(&filter), asked).await?;
    let is_ours = |body: &str| note_has_marker(body, marker);
    let ours = rows
        .iter()
        .find(|row| row.body.as_deref().is_some_and(is_ours));
    Ok(ours.map(|row| row.id.value()))
}

const NOTE: Operation = Operation::new(PushStep::Note, operation::WRITE_NOTE, operation::FIND_NOTE);
