//! Journal of a running push, and the only way to write to Greenhouse.

mod absence;
pub(super) mod journal;
mod record;
mod write_once;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AssessmentId, CandidateId,
    store::{JournalMark, Link, Push, PushRemark, PushStep},
};

use self::journal::{begun_at, done_id};
pub(super) use self::{
    absence::Absent,
    record::{ClaimedPush, PushRecord},
    write_once::WriteResult,
};
use super::{StepError, context::LedgerInput};
use crate::{Error, HarvestClient};

/// One write to Greenhouse, with its place in the journal and its names in texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation {
    pub(super) step: PushStep,
    /// Second step that the same request carries out.
    pub(super) also: Option<PushStep>,
    /// Id that distinguishes the writes of one step.
    pub(super) part: Option<i64>,
    /// Name of the write, from [`operation`](super::texts::operation).
    pub(super) write: &'static str,
    /// Name of the search for the write's result.
    pub(super) search: &'static str,
}

impl Operation {
    pub(super) const fn new(step: PushStep, write: &'static str, search: &'static str) -> Self {
        Self {
            step,
            also: None,
            part: None,
            write,
            search,
        }
    }

    pub(super) const fn of_part(self, part: i64) -> Self {
        Self {
            part: Some(part),
            ..self
        }
    }

    /// All steps that the request carries out.
    fn steps(&self) -> impl Iterator<Item = PushStep> {
        [self.step].into_iter().chain(self.also)
    }

    /// Returns the step error for a write that was certainly not carried out.
    pub(super) fn write_failed(&self, error: &Error) -> StepError {
        StepError::harvest(self.step, self.write, error)
    }

    /// Returns the step error for a failed search for the write's result.
    pub(super) fn search_failed(&self, error: &Error) -> StepError {
        StepError::harvest(self.step, self.search, error)
    }
}

/// Record of a run, with the only client for writes.
///
/// Each write goes through [`once`](Self::once), which journals the write before and after, and
/// searches for the result if the outcome is unknown.
pub(super) struct Ledger<'a, 'b> {
    record: &'a mut PushRecord<'b>,
    writer: HarvestClient,
    link: Option<Link>,
}

impl<'a, 'b> Ledger<'a, 'b> {
    pub(super) fn open(record: &'a mut PushRecord<'b>, input: LedgerInput) -> Self {
        let LedgerInput { writer, link } = input;
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

    /// The assessment's link, as last read or written.
    pub(super) fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    /// Returns the application's owner: `candidate`, or the winner of a merge during this run.
    pub(super) fn owner(&self, candidate: CandidateId) -> CandidateId {
        self.record.push.candidate.unwrap_or(candidate)
    }

    /// Returns the journalled id of a step that is completely done.
    pub(super) fn done_id(&self, step: PushStep) -> Option<i64> {
        done_id(&self.record.push, step)
    }

    /// Returns `true` if the step found its object instead of writing it.
    pub(super) fn has_found(&self, step: PushStep) -> bool {
        let line = self.record.push.mark(step);
        line.is_some_and(|line| matches!(line.mark, JournalMark::Done { found: true, .. }))
    }

    /// Returns `true` if this push has written the object of the step.
    pub(super) fn has_written(&self, step: PushStep) -> bool {
        let line = self.record.push.mark(step);
        line.is_some_and(|line| matches!(line.mark, JournalMark::Done { found: false, .. }))
    }

    /// Returns `true` if this push has written the object of the step, or has found it after a write
    /// with an unknown outcome.
    pub(super) fn has_created(&self, step: PushStep) -> bool {
        let lines = self.record.push.journal.iter().rev();
        let mut marks = lines
            .filter(|line| line.step == step && line.mark != JournalMark::NotSeen)
            .map(|line| &line.mark);
        match marks.next() {
            Some(JournalMark::Done { found: false, .. }) => true,
            Some(JournalMark::Done { found: true, .. }) => {
                marks.next() == Some(&JournalMark::Begun)
            }
            _ => false,
        }
    }

    /// Returns the time since which the outcome of a step's write is unknown. `None` if the outcome
    /// is known.
    pub(super) fn unknown_since(&self, step: PushStep) -> Option<DateTime<Utc>> {
        begun_at(&self.record.push, step)
    }

    /// Sets the sync log text about the scorecard or note that was written. The next commit stores
    /// the text.
    pub(super) fn set_form(&mut self, form: String) {
        self.record.push.form = Some(form);
    }

    /// Adds or removes a remark. The next commit stores it.
    pub(super) fn remark(&mut self, remark: PushRemark, applies: bool) {
        match applies {
            true => self.record.push.remarks.insert(remark),
            false => self.record.push.remarks.remove(&remark),
        };
    }

    /// Identity of the client for writes.
    pub(super) async fn identity(&self) -> Result<crate::Identity, Error> {
        self.writer.identity().await
    }

    /// Journals that a step is done, with the resulting id.
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

    /// Journals a candidate that was found.
    pub(super) async fn adopt_candidate(
        &mut self,
        candidate: CandidateId,
    ) -> Result<(), StepError> {
        self.record.mark_candidate(candidate, true);
        self.record.commit(None).await
    }

    /// Journals that the candidate of an earlier run was deleted in Greenhouse.
    pub(super) async fn drop_candidate(&mut self) -> Result<(), StepError> {
        self.record.push.candidate = None;
        self.record
            .mark(&[PushStep::Candidate], None, &JournalMark::NotDone);
        self.record.commit(None).await
    }

    /// Journals an application that was found, and stores its link in the same commit.
    pub(super) async fn adopt_link(&mut self, link: Link) -> Result<(), StepError> {
        self.record.mark_application(&link, true);
        self.commit_link(Some(link)).await
    }

    /// Journals the application of the stored link.
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
