//! Backfill: pushes past completions, at a share of the rate limit.
//!
//! A person starts it after job mappings, custom fields or the results of invited candidates were
//! switched on. A dry run first counts what would be pushed. Only then can the run start, with the
//! same bounds. State and progress are a record, [`Backfill`](crate::store::Backfill), so that a
//! host that stops loses nothing.

mod pace;
mod record;
mod start;

pub use self::{
    pace::{Pace, WindowUse},
    start::{BackfillRefusal, BackfillRequest, count, run},
};
pub use crate::store::{BackfillScope, BackfillSkip};

use crate::trigger::{self, Decision, SkipReason, Trigger, TriggerInput};

/// Decides whether a backfill pushes a completed assessment that was never pushed. `Ok` if so.
///
/// The decision is the one that [`trigger::decide`] would make now, with one difference: an account
/// with [`Trigger::Manual`] pushes each assessment at the request of a person, and the backfill is
/// such a request. An earlier decision not to push the assessment does not count, because the
/// settings have changed since.
///
/// # Errors
///
/// The reason to skip the assessment.
pub fn choose(
    trigger: &Trigger,
    invited_results: bool,
    scope: BackfillScope,
    input: &TriggerInput,
) -> Result<(), BackfillSkip> {
    if scope == BackfillScope::Invited && input.invited_to.is_none() {
        return Err(BackfillSkip::OutOfScope);
    }
    match trigger::decide(trigger, invited_results, input) {
        Decision::Push | Decision::Skip(SkipReason::Manual) => Ok(()),
        Decision::Skip(SkipReason::Invited) => Err(BackfillSkip::Invited),
        Decision::Skip(SkipReason::InvitedWithoutApplication) => {
            Err(BackfillSkip::InvitedWithoutApplication)
        }
        Decision::Skip(SkipReason::NoScore) => Err(BackfillSkip::NoScore),
        Decision::Skip(SkipReason::TooLow { .. }) => Err(BackfillSkip::BelowMinimum),
    }
}

#[cfg(test)]
mod tests;
