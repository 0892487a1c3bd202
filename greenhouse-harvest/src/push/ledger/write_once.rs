//! Writes that must not be carried out twice.

use greenhouse_core::{
    later,
    store::{JournalMark, Link, PushStep},
};

use super::{Absent, Ledger, Operation, PushRecord, journal::stopped};
use crate::{
    Error, HarvestClient,
    push::{
        StepError,
        context::StepContext,
        plan::{NotPushable, is_erased},
        texts::sync_log as texts,
    },
};

/// Result of a write, or of the search for it.
pub(in crate::push) trait WriteResult {
    /// Adds the result to the journal. The returned link is stored in the same commit.
    fn journal(
        &self,
        record: &mut PushRecord<'_>,
        operation: &Operation,
        found: bool,
    ) -> Option<Link>;

    /// Fails if nothing more may be written to the found object.
    fn check(&self) -> Result<(), StepError> {
        Ok(())
    }
}

/// Id of a row.
impl WriteResult for i64 {
    fn journal(
        &self,
        record: &mut PushRecord<'_>,
        operation: &Operation,
        found: bool,
    ) -> Option<Link> {
        let mark = JournalMark::Done { id: *self, found };
        record.mark(&[operation.step], operation.part, &mark);
        None
    }
}

/// Error of a search.
pub(in crate::push) trait SearchError {
    fn into_step_error(self, operation: &Operation) -> StepError;
}

impl SearchError for Error {
    fn into_step_error(self, operation: &Operation) -> StepError {
        operation.search_failed(&self)
    }
}

impl SearchError for StepError {
    fn into_step_error(self, _: &Operation) -> StepError {
        self
    }
}

impl Ledger<'_, '_> {
    /// Returns the result of the write in an earlier run: the id from the journal, or from `find`
    /// if the outcome is unknown. Otherwise returns the proof that the write was not carried out.
    pub(in crate::push) async fn earlier<F>(
        &mut self,
        context: &StepContext<'_>,
        operation: Operation,
        find: impl Fn() -> F,
    ) -> Result<Result<i64, Absent>, StepError>
    where
        F: Future<Output = Result<Option<i64>, Error>>,
    {
        if let Some(id) = self.done_id(operation.step) {
            return Ok(Ok(id));
        }
        if let Some(absent) = self.never_begun(operation.step) {
            return Ok(Err(absent));
        }
        let found = find().await;
        match found.map_err(|error| operation.search_failed(&error))? {
            Some(id) => {
                self.keep(&operation, &id, true).await?;
                Ok(Ok(id))
            }
            None => {
                let absent = self.proves_absence(context, operation.step).await?;
                self.record
                    .mark(&[operation.step], operation.part, &JournalMark::NotDone);
                Ok(Err(absent))
            }
        }
    }

    /// Sends a write and journals it before and after. An inner error means that the write was
    /// certainly not carried out. If the outcome is unknown, `find` searches once; if the search
    /// finds nothing, the push ends.
    ///
    /// `absent` proves that the write was not carried out before.
    pub(in crate::push) async fn once<T, E, F, S>(
        &mut self,
        operation: Operation,
        absent: Absent,
        find: impl Fn() -> F,
        send: impl FnOnce(HarvestClient) -> S,
    ) -> Result<Result<T, Error>, StepError>
    where
        T: WriteResult,
        E: SearchError,
        F: Future<Output = Result<Option<T>, E>>,
        S: Future<Output = Result<T, Error>>,
    {
        debug_assert_eq!(absent.step(), operation.step);
        self.begin(&operation).await?;
        match send(self.writer.clone()).await {
            Ok(written) => {
                self.keep(&operation, &written, false).await?;
                Ok(Ok(written))
            }
            Err(error) if error.outcome_unknown() => {
                self.record.left_unknown();
                match find()
                    .await
                    .map_err(|error| error.into_step_error(&operation))
                {
                    Ok(Some(found)) => {
                        found.check()?;
                        self.keep(&operation, &found, true).await?;
                        Ok(Ok(found))
                    }
                    Ok(None) | Err(StepError::Failed(_) | StepError::NotNow(..)) => {
                        Err(self.unknown_outcome(operation.step))
                    }
                    Err(error) => Err(error),
                }
            }
            Err(error) => {
                self.mark(&operation, &JournalMark::NotDone);
                self.record.commit(None).await?;
                Ok(Err(error))
            }
        }
    }

    async fn keep(
        &mut self,
        operation: &Operation,
        written: &impl WriteResult,
        found: bool,
    ) -> Result<(), StepError> {
        let link = written.journal(self.record, operation, found);
        self.commit_link(link).await
    }

    /// Journals that a write is about to be sent. Fails if the write could run longer than the
    /// lease, or if the host is being stopped.
    ///
    /// Reads the link again after the commit. An erasure during the run either finds the journal
    /// entry or is found by this read, so nothing is sent for an erased person.
    async fn begin(&mut self, operation: &Operation) -> Result<(), StepError> {
        let engine = self.record.engine;
        let config = &engine.config;
        if engine.is_stopping() {
            let failure = stopped(&self.record.push, config.settle_time);
            return Err(StepError::Failed(failure));
        }
        if later(engine.now(), config.write_deadline) > self.record.task.lease_until {
            return Err(StepError::out_of_time(operation.step));
        }
        self.mark(operation, &JournalMark::Begun);
        self.record.commit(None).await?;
        let link = engine
            .store()
            .link(self.record.account(), &self.record.push.assessment)
            .await?;
        let erased = is_erased(&self.record.push, link.as_ref());
        if link.is_some() {
            self.link = link;
        }
        if erased {
            self.mark(operation, &JournalMark::NotDone);
            self.record.commit(None).await?;
            return Err(NotPushable::from(texts::erased()).into());
        }
        Ok(())
    }

    fn mark(&mut self, operation: &Operation, mark: &JournalMark) {
        let steps: Vec<PushStep> = operation.steps().collect();
        self.record.mark(&steps, operation.part, mark);
    }
}
