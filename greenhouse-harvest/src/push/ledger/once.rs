//! A write that must not happen twice.

use greenhouse_core::{
    later,
    store::{JournalMark, Link, PushStep},
};

use super::{Absent, Ledger, Operation, Record, journal::stopped};
use crate::{
    Error, HarvestClient,
    push::{StepError, context::StepContext, plan::Unfit},
};

/// What a write made or a look-up found, and how the journal keeps it.
pub(in crate::push) trait Written {
    /// Adds the journal's lines. The returned link is stored in the same commit.
    fn journal(&self, record: &mut Record<'_>, operation: &Operation, found: bool) -> Option<Link>;

    /// Refuses what was found if nothing more may be written to it.
    fn check(&self) -> Result<(), StepError> {
        Ok(())
    }
}

/// The id of a row.
impl Written for i64 {
    fn journal(&self, record: &mut Record<'_>, operation: &Operation, found: bool) -> Option<Link> {
        let mark = JournalMark::Done { id: *self, found };
        record.mark(&[operation.step], operation.part, &mark);
        None
    }
}

/// Why a look-up failed.
pub(in crate::push) trait LookUpError {
    fn of(self, operation: &Operation) -> StepError;
}

impl LookUpError for Error {
    fn of(self, operation: &Operation) -> StepError {
        operation.not_looked_up(&self)
    }
}

impl LookUpError for StepError {
    fn of(self, _: &Operation) -> StepError {
        self
    }
}

impl Ledger<'_, '_> {
    /// What became of the write in an earlier run: the id of what is there, by the journal or, if the outcome is unknown,
    /// by `find`. Otherwise the proof that it is not there, so that it may be sent.
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
        match found.map_err(|error| operation.not_looked_up(&error))? {
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

    /// Sends a write, journalled before and after. The inner error says that it was certainly not carried out. If that is
    /// unknown, `find` looks once, and the push stops unless it is there.
    ///
    /// `absent` proves that it is not there yet.
    pub(in crate::push) async fn once<T, E, F, S>(
        &mut self,
        operation: Operation,
        absent: Absent,
        find: impl Fn() -> F,
        send: impl FnOnce(HarvestClient) -> S,
    ) -> Result<Result<T, Error>, StepError>
    where
        T: Written,
        E: LookUpError,
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
                match find().await.map_err(|error| error.of(&operation)) {
                    Ok(Some(found)) => {
                        found.check()?;
                        self.keep(&operation, &found, true).await?;
                        Ok(Ok(found))
                    }
                    Ok(None) | Err(StepError::Failed(_)) => {
                        Err(self.unknown_outcome(operation.step))
                    }
                    Err(stop) => Err(stop),
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
        written: &impl Written,
        found: bool,
    ) -> Result<(), StepError> {
        let link = written.journal(self.record, operation, found);
        self.commit_link(link).await
    }

    /// Journals that a write is about to be sent. No write starts that may still run when the lease ends, and none while
    /// the host is being stopped.
    ///
    /// The link is read again after the commit, although the context has it: only a read that follows the journal's line
    /// sees every erasure that has not seen the line. So nothing is sent for a person who was erased during the run.
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
        let erased = link.as_ref().is_some_and(|link| link.erased);
        if link.is_some() {
            self.link = link;
        }
        if self.record.push.person.is_none() || erased {
            self.mark(operation, &JournalMark::NotDone);
            self.record.commit(None).await?;
            return Err(Unfit::erased().into());
        }
        Ok(())
    }

    fn mark(&mut self, operation: &Operation, mark: &JournalMark) {
        let steps: Vec<PushStep> = operation.steps().collect();
        self.record.mark(&steps, operation.part, mark);
    }
}
