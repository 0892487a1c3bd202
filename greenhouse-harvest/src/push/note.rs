//! Score, recommendation and traits, as a note.

use greenhouse_core::{ApplicationId, CandidateId, scorecard::note_has_marker, store::PushStep};

use super::{
    failure::Stop,
    run::{Kit, Run},
    write::Deed,
};
use crate::{
    Error, HarvestClient,
    api::{NewNote, NoteFilter},
};

impl Run<'_> {
    /// Writes the scorecard as a note, unless that is done. The marker in its last line tells it from every other.
    pub(super) async fn note(
        &mut self,
        kit: &Kit,
        candidate: CandidateId,
        application: ApplicationId,
    ) -> Result<(), Stop> {
        let find = || find_note(&kit.reads, application, &kit.plan.marker);
        if self.earlier(kit, NOTE, find()).await?.is_some() {
            return Ok(());
        }
        let body = self.scorecard_text(kit).await?;
        let visibility = kit.settings.note_visibility;
        let new = NewNote::new(self.owner(candidate), application, visibility, body);
        let send = async { Ok(kit.client.create_note(&new).await?.id.value()) };
        let sent = self.send(NOTE, find(), send).await?;
        sent.map_err(|error| Stop::harvest(STEP, NOTE.doing, &error))?;
        Ok(())
    }
}

async fn find_note(
    reads: &HarvestClient,
    application: ApplicationId,
    marker: &str,
) -> Result<Option<i64>, Error> {
    let filter = NoteFilter::new().application_ids([application]);
    let rows = reads.notes(&filter).all().await?;
    let is_ours = |body: &str| note_has_marker(body, marker);
    let ours = rows
        .iter()
        .find(|row| row.body.as_deref().is_some_and(is_ours));
    Ok(ours.map(|row| row.id.value()))
}

const STEP: PushStep = PushStep::Note;
const NOTE: Deed = Deed {
    step: STEP,
    part: None,
    doing: "write the note",
    seeking: "look for the note",
};
