//! What an empty look-up proves.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    later,
    store::{JournalMark, PushStep},
};

use super::{
    Ledger,
    journal::{Absence, begun_at, ended, not_seen, weigh},
};
use crate::push::{StepError, context::StepContext};

/// Proof that what a step writes is not in Greenhouse. Needed by [`Ledger::once`].
#[derive(Debug, Clone, Copy)]
pub(in crate::push) struct Absent(PushStep);

impl Absent {
    pub(super) fn step(self) -> PushStep {
        self.0
    }

    /// What a look-up of all of a step's writes has not shown, if every write of unknown outcome is among those shown.
    pub(in crate::push) fn besides_what_is_there(step: PushStep) -> Self {
        Self(step)
    }

    /// The application of a candidate that this run has created without one.
    pub(in crate::push) fn of_new_candidate() -> Self {
        Self(PushStep::Application)
    }
}

impl Ledger<'_, '_> {
    /// The proof of a step whose write has no unknown outcome. `None` if it has.
    pub(in crate::push) fn never_begun(&self, step: PushStep) -> Option<Absent> {
        self.unknown_since(step).is_none().then_some(Absent(step))
    }

    /// Checks if a look-up that has just found nothing proves that there is nothing, so that it may be written.
    ///
    /// It does for a reader that is known to see (for the application: the mapped job as well), and once the settle time of
    /// every write with an unknown outcome has passed: this push's own, and for the candidate and the application that of
    /// any push of the same person. Then a second look-up must find nothing, too: until it is time for that the push is
    /// queued again, so that nothing else waits for it.
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
            engine.config.second_look,
        );
        if let Absence::Unsettled(until) = absence {
            return Err(StepError::unsettled(step, "not_settled", until));
        }
        context.require_sight(step).await?;
        match absence {
            Absence::Proven | Absence::Unsettled(_) => Ok(Absent(step)),
            Absence::SeenOnce(at) => Err(StepError::look_again(step, at)),
            Absence::First => {
                self.record.mark(&[step], None, &JournalMark::NotSeen);
                let at = later(engine.now(), engine.config.second_look);
                Err(StepError::look_again(step, at))
            }
        }
    }

    /// Waits instead of `error` if the step was done only just now, by this push or another of the person: lists may lag.
    pub(in crate::push) fn unless_young(&self, step: PushStep, error: StepError) -> StepError {
        let all = self.sibling_pushes().iter().chain([self.push()]);
        let made = all.filter_map(|push| push.mark(step));
        let made = made.filter(|line| matches!(line.mark, JournalMark::Done { .. }));
        let settle_time = self.record.engine.config.settle_time;
        let until = made.map(|line| later(line.at, settle_time)).max();
        match until.filter(|until| self.record.engine.now() < *until) {
            Some(until) => StepError::Again(until, CATCHING_UP.to_owned()),
            None => error,
        }
    }

    /// The error after a write of unknown outcome that a first look-up has not found.
    pub(super) fn unknown_outcome(&self, step: PushStep) -> StepError {
        let engine = self.record.engine;
        let since = self.unsettled_since(step).unwrap_or(engine.now());
        let until = later(since, engine.config.settle_time);
        StepError::unsettled(step, "unknown_outcome", until)
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

const CATCHING_UP: &str = "Waits for Greenhouse's lists to show what was written only just now.";
