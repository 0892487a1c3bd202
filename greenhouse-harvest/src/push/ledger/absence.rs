//! Proof that a write was not carried out.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    later,
    store::{JournalMark, PushStep},
};

use super::{
    Ledger,
    journal::{Absence, begun_at, ended, not_seen, weigh},
};
use crate::push::{
    StepError,
    context::StepContext,
    texts::{sync_log as texts, time},
};

/// Proof that Greenhouse does not have the object that a step writes. Required by [`Ledger::once`].
#[derive(Debug, Clone, Copy)]
pub(in crate::push) struct Absent(PushStep);

impl Absent {
    pub(super) fn step(self) -> PushStep {
        self.0
    }

    /// Proof for the parts of a step whose results are missing from a complete list. Valid only if
    /// the list contains the result of each part with an unknown outcome.
    pub(in crate::push) fn besides_listed(step: PushStep) -> Self {
        Self(step)
    }

    /// Proof for the application of a candidate that this run created without an application.
    pub(in crate::push) fn of_new_candidate() -> Self {
        Self(PushStep::Application)
    }
}

impl Ledger<'_, '_> {
    /// Returns the proof for a step, unless the outcome of its write is unknown.
    pub(in crate::push) fn never_begun(&self, step: PushStep) -> Option<Absent> {
        self.unknown_since(step).is_none().then_some(Absent(step))
    }

    /// Returns the proof after a search that found nothing, or ends the run.
    ///
    /// The client for reads must be known to see every record, and, for an application, the mapped
    /// job. The settle time must have passed for each write with an unknown outcome, both in this
    /// push and, for a candidate or application, in every push for the same person. Then a second
    /// search must find nothing. Until then, the push is queued again so that it does not delay
    /// other pushes.
    pub(in crate::push) async fn proves_absence(
        &mut self,
        context: &StepContext<'_>,
        step: PushStep,
    ) -> Result<Absent, StepError> {
        let engine = self.record.engine;
        let absence = weigh(
            self.unsettled_since(step),
            not_seen(self.push(), step),
            engine.now(),
            engine.config.settle_time,
            engine.config.search_interval,
        );
        if let Absence::Unsettled(until) = absence {
            return Err(StepError::unsettled(step, texts::not_settled, until));
        }
        context.require_sight(step).await?;
        match absence {
            Absence::Proven | Absence::Unsettled(_) => Ok(Absent(step)),
            Absence::SearchedOnce(at) => Err(StepError::search_again(step, at)),
            Absence::First => {
                self.record.mark(&[step], None, &JournalMark::NotSeen);
                let at = later(engine.now(), engine.config.search_interval);
                Err(StepError::search_again(step, at))
            }
        }
    }

    /// Replaces `error` with a wait if this push or a sibling has just finished the step, because
    /// lists may lag.
    pub(in crate::push) fn wait_if_recent(&self, step: PushStep, error: StepError) -> StepError {
        let all = self.sibling_pushes().iter().chain([self.push()]);
        let made = all.filter_map(|push| push.mark(step));
        let made = made.filter(|line| matches!(line.mark, JournalMark::Done { .. }));
        let settle_time = self.record.engine.config.settle_time;
        let until = made.map(|line| later(line.at, settle_time)).max();
        match until.filter(|until| self.record.engine.now() < *until) {
            Some(until) => StepError::Again(until, texts::push_waits_for_lists(&time(until))),
            None => error,
        }
    }

    /// Returns the error for a write with an unknown outcome whose result a first search did not
    /// find.
    pub(super) fn unknown_outcome(&self, step: PushStep) -> StepError {
        let engine = self.record.engine;
        let since = self.unsettled_since(step).unwrap_or(engine.now());
        let until = later(since, engine.config.settle_time);
        StepError::unsettled(step, texts::unknown_outcome, until)
    }

    fn unsettled_since(&self, step: PushStep) -> Option<DateTime<Utc>> {
        let own = self.unknown_since(step);
        let shared = matches!(step, PushStep::Candidate | PushStep::Application);
        let of_siblings = self.sibling_pushes().iter().filter(|_| shared);
        of_siblings
            .filter_map(|push| begun_at(&ended(push), step))
            .chain(own)
            .max()
    }
}
