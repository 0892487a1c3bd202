//! Sync log: completed assessments that a trigger did not push.

use std::fmt::Display;

use crate::texts;

texts! {
    /// The trigger is manual.
    pub(crate) fn trigger_manual() = "Not pushed: the account pushes assessments manually.";

    /// The assessment belongs to an invitation.
    pub(crate) fn trigger_invited() =
        "Not pushed: Greenhouse requested the assessment and receives its result.";

    /// The assessment belongs to an invitation that names no application.
    pub(crate) fn trigger_invited_without_application() =
        "Not pushed: the invitation from Greenhouse names no application to write the result to.";

    /// The trigger requires a score.
    pub(crate) fn trigger_without_score() =
        "Not pushed: the trigger requires a minimum score, but the assessment has no score.";

    /// The score is below the minimum.
    pub(crate) fn trigger_below_minimum(score: impl Display, minimum: impl Display) =
        "Not pushed: score {score} is below the minimum of {minimum}.";

    /// The score equals an exclusive minimum.
    pub(crate) fn trigger_not_above_minimum(score: impl Display, minimum: impl Display) =
        "Not pushed: score {score} is not above the minimum of {minimum}.";
}
