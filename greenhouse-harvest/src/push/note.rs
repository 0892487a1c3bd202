//! The scorecard as a note.

use greenhouse_core::{
    ApplicationId, CandidateId,
    scorecard::{NoteContext, note_has_marker},
    store::{PushStep, StoreError},
};

use super::{
    failure::Stop,
    run::{Kit, Run},
};
use crate::api::{NewNote, NoteFilter};

impl Run<'_> {
    /// Writes the scorecard as a note, unless that is done. The marker in its last line tells it from every other.
    pub(super) async fn note(
        &mut self,
        kit: &Kit,
        candidate: CandidateId,
        application: ApplicationId,
    ) -> Result<(), Stop> {
        if self.done_id(STEP).is_some() {
            return Ok(());
        }
        if self.unknown_since(STEP).is_some() {
            if let Some(id) = self.look_up_note(kit, application).await? {
                return self.done(STEP, id, true).await;
            }
            self.proves_absence(kit, STEP).await?;
        }
        let body = self.scorecard_text(kit).await?;
        self.begin(&[STEP]).await?;
        let visibility = kit.settings.note_visibility;
        let new = NewNote::new(self.owner(candidate), application, visibility, body);
        match kit.client.create_note(&new).await {
            Ok(note) => self.done(STEP, note.id.value(), false).await,
            Err(error) if error.outcome_unknown() => {
                self.left_unknown();
                match self.look_up_note(kit, application).await {
                    Ok(Some(id)) => self.done(STEP, id, true).await,
                    Ok(None) | Err(Stop::Failed(_)) => Err(self.unknown_outcome(STEP)),
                    Err(stop) => Err(stop),
                }
            }
            Err(error) => {
                self.not_done(&[STEP]).await?;
                Err(Stop::harvest(STEP, "write the note", &error))
            }
        }
    }

    async fn scorecard_text(&self, kit: &Kit) -> Result<String, StoreError> {
        let parts = &self.service.parts;
        let mut link = None;
        if let Some(reports) = &parts.reports {
            let (account, assessment) = (self.account(), &self.push.assessment);
            let access = parts.store.report_access(account, assessment).await?;
            link = reports.of(account, assessment, access.as_ref()).await?;
        }
        let mut context = NoteContext::new(&kit.plan.scenario, &kit.plan.marker);
        if let Some(link) = &link {
            context = context.with_report_link(link.as_str());
        }
        Ok(kit.plan.scorecard.render_note(&context))
    }

    async fn look_up_note(
        &self,
        kit: &Kit,
        application: ApplicationId,
    ) -> Result<Option<i64>, Stop> {
        let filter = NoteFilter::new().application_ids([application]);
        let rows = kit.client.notes(&filter).all().await;
        let rows = rows.map_err(|error| Stop::harvest(STEP, "look for the note", &error))?;
        let is_ours = |body: &str| note_has_marker(body, &kit.plan.marker);
        let ours = rows
            .iter()
            .find(|row| row.body.as_deref().is_some_and(is_ours));
        Ok(ours.map(|row| row.id.value()))
    }
}

const STEP: PushStep = PushStep::Note;
