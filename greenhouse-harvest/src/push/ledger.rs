//! The journal of a running push, and the only way to write to Greenhouse.

mod absence;
pub(super) mod journal;
mod once;
mod record;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AssessmentId, CandidateId,
    store::{JournalMark, Link, Push, PushStep},
};

use self::journal::{begun_at, done_id};
pub(super) use self::{
    absence::Absent,
    once::Written,
    record::{ClaimedPush, Record},
};
use super::{StepError, context::Opening};
use crate::{Error, HarvestClient};

/// One write to Greenhouse: its place in the journal, and its name in errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation {
    pub(super) step: PushStep,
    /// The step that the same request does as well.
    pub(super) also: Option<PushStep>,
    /// Which of the step's writes, if it has several; or what it is for.
    pub(super) part: Option<i64>,
    /// As in "attach the report".
    pub(super) doing: &'static str,
    /// As in "look for the report".
    pub(super) seeking: &'static str,
}

impl Operation {
    pub(super) const fn new(step: PushStep, doing: &'static str, seeking: &'static str) -> Self {
        Self {
            step,
            also: None,
            part: None,
            doing,
            seeking,
        }
    }

    pub(super) const fn of_part(self, part: i64) -> Self {
        Self {
            part: Some(part),
            ..self
        }
    }

    /// Every step that the request does.
    fn steps(&self) -> impl Iterator<Item = PushStep> {
        [self.step].into_iter().chain(self.also)
    }

    /// The error if the write was certainly not carried out.
    pub(super) fn not_done(&self, error: &Error) -> StepError {
        StepError::harvest(self.step, self.doing, error)
    }

    /// The error if the look-up failed.
    pub(super) fn not_looked_up(&self, error: &Error) -> StepError {
        StepError::harvest(self.step, self.seeking, error)
    }
}

/// The record of a run together with the client that writes.
///
/// Nothing else has that client: each write goes through [`once`](Self::once), which journals it before and after, and
/// looks it up if its outcome is unknown.
pub(super) struct Ledger<'a, 'b> {
    record: &'a mut Record<'b>,
    writer: HarvestClient,
    link: Option<Link>,
}

impl<'a, 'b> Ledger<'a, 'b> {
    pub(super) fn open(record: &'a mut Record<'b>, opening: Opening) -> Self {
        let Opening { writer, link } = opening;
        Self {
            record,
            writer,
            link,
        }
    }

    pub(super) fn push(&self) -> &Push {
        &self.record.push
    }

    pub(super) fn assessment(&self) -> &AssessmentId {
        &self.record.push.assessment
    }

    pub(super) fn sibling_pushes(&self) -> &[Push] {
        &self.record.sibling_pushes
    }

    /// The assessment's own link, as it was read when the run began, or written since.
    pub(super) fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    /// Owner of the application by now: `candidate`, or the winner of a merge during this run.
    pub(super) fn owner(&self, candidate: CandidateId) -> CandidateId {
        self.record.push.candidate.unwrap_or(candidate)
    }

    /// The id that the journal has for a step that is done as a whole.
    pub(super) fn done_id(&self, step: PushStep) -> Option<i64> {
        done_id(&self.record.push, step)
    }

    /// Returns `true` if the step found what it is about instead of writing it.
    pub(super) fn has_found(&self, step: PushStep) -> bool {
        let line = self.record.push.mark(step);
        line.is_some_and(|line| matches!(line.mark, JournalMark::Done { found: true, .. }))
    }

    /// Returns `true` if this push itself has written what the step is about.
    pub(super) fn has_made(&self, step: PushStep) -> bool {
        let line = self.record.push.mark(step);
        line.is_some_and(|line| matches!(line.mark, JournalMark::Done { found: false, .. }))
    }

    /// Time since which the outcome of a step's write is unknown. `None` if it is known.
    pub(super) fn unknown_since(&self, step: PushStep) -> Option<DateTime<Utc>> {
        begun_at(&self.record.push, step)
    }

    /// Keeps the form in which the scorecard was written. The next commit stores it.
    pub(super) fn set_form(&mut self, form: String) {
        self.record.push.form = Some(form);
    }

    /// The identity that writes.
    pub(super) async fn identity(&self) -> Result<crate::Identity, Error> {
        self.writer.identity().await
    }

    /// Journals that a step is done, and with which id.
    pub(super) async fn done(
        &mut self,
        step: PushStep,
        id: i64,
        found: bool,
    ) -> Result<(), StepError> {
        self.record
            .mark(&[step], None, &JournalMark::Done { id, found });
        self.record.commit(None).await
    }

    /// Journals the candidate that was found.
    pub(super) async fn adopt_candidate(
        &mut self,
        candidate: CandidateId,
    ) -> Result<(), StepError> {
        self.record.mark_candidate(candidate, true);
        self.record.commit(None).await
    }

    /// Journals that the candidate of an earlier run is not in Greenhouse any more.
    pub(super) async fn drop_candidate(&mut self) -> Result<(), StepError> {
        self.record.push.candidate = None;
        self.record
            .mark(&[PushStep::Candidate], None, &JournalMark::NotDone);
        self.record.commit(None).await
    }

    /// Journals the application that was found, and stores its link in the same commit.
    pub(super) async fn adopt_link(&mut self, link: Link) -> Result<(), StepError> {
        self.record.mark_application(&link, true);
        self.commit_link(Some(link)).await
    }

    /// Journals the application of the link that is stored already.
    pub(super) async fn adopt_stored_link(&mut self) -> Result<(), StepError> {
        if let Some(link) = &self.link {
            self.record.mark_application(link, true);
        }
        self.record.commit(None).await
    }

    async fn commit_link(&mut self, link: Option<Link>) -> Result<(), StepError> {
        let Some(mut link) = link else {
            return self.record.commit(None).await;
        };
        link.version = self.link.as_ref().map_or(0, |stored| stored.version);
        let stored = self.record.commit(Some(link)).await;
        self.link = self.record.take_link();
        stored
    }
}
