//! A write that must not happen twice.

use std::future::Future;

use greenhouse_core::store::{JournalMark, PushStep};

use super::{
    failure::Stop,
    run::{Kit, Run},
};
use crate::Error;

/// One write to Greenhouse: what the journal calls it, and what an error says of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deed {
    pub(super) step: PushStep,
    /// Which of the step's writes, where it has several.
    pub(super) part: Option<i64>,
    /// As in "attach the report".
    pub(super) doing: &'static str,
    /// As in "look for the report".
    pub(super) seeking: &'static str,
}

impl Run<'_> {
    /// What became of the write earlier: the id of what is there, by the journal or, where the outcome is unknown, by
    /// `find`. None where it may be sent now.
    pub(super) async fn earlier(
        &mut self,
        kit: &Kit,
        deed: Deed,
        find: impl Future<Output = Result<Option<i64>, Error>>,
    ) -> Result<Option<i64>, Stop> {
        let done = self.done_id(deed.step);
        if done.is_some() || self.unknown_since(deed.step).is_none() {
            return Ok(done);
        }
        let found = find.await;
        match found.map_err(|error| Stop::harvest(deed.step, deed.seeking, &error))? {
            Some(id) => {
                self.part_done(deed, id, true).await?;
                Ok(Some(id))
            }
            None => {
                self.proves_absence(kit, deed.step).await?;
                self.mark_part(&[deed.step], deed.part, &JournalMark::NotDone);
                Ok(None)
            }
        }
    }

    /// Sends the write, journalled before and after. The inner error says that it was certainly not carried out. Where that
    /// is unknown, `find` looks once, and the push stops unless it is there.
    pub(super) async fn send(
        &mut self,
        deed: Deed,
        find: impl Future<Output = Result<Option<i64>, Error>>,
        send: impl Future<Output = Result<i64, Error>>,
    ) -> Result<Result<i64, Error>, Stop> {
        self.begin(&[deed.step], deed.part).await?;
        match send.await {
            Ok(id) => {
                self.part_done(deed, id, false).await?;
                Ok(Ok(id))
            }
            Err(error) if error.outcome_unknown() => {
                self.left_unknown();
                match find.await {
                    Ok(Some(id)) => {
                        self.part_done(deed, id, true).await?;
                        Ok(Ok(id))
                    }
                    Ok(None) | Err(_) => Err(self.unknown_outcome(deed.step)),
                }
            }
            Err(error) => {
                self.mark_part(&[deed.step], deed.part, &JournalMark::NotDone);
                self.commit(None).await?;
                Ok(Err(error))
            }
        }
    }

    async fn part_done(&mut self, deed: Deed, id: i64, found: bool) -> Result<(), Stop> {
        let mark = JournalMark::Done { id, found };
        self.mark_part(&[deed.step], deed.part, &mark);
        self.commit(None).await
    }
}
