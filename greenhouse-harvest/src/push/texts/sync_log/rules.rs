//! What the account's rules did, for the end of the log entry of a finished push.

use greenhouse_core::texts;

texts! {
    /// Follows [`push_done`](super::push_done).
    pub(crate) fn push_rule_moved(stage: &str) =
        "A rule moved the application to {stage}, because of the score.";

    /// Follows [`push_done`](super::push_done).
    pub(crate) fn push_rule_rejected() =
        "A rule rejected the application, because of the score.";

    /// Follows [`push_done`](super::push_done).
    pub(crate) fn push_rule_would_move(stage: &str) =
        "Dry run: a rule would have moved the application to {stage}.";

    /// Follows [`push_done`](super::push_done).
    pub(crate) fn push_rule_would_reject() =
        "Dry run: a rule would have rejected the application.";

    /// Follows [`push_done`](super::push_done).
    pub(crate) fn push_rule_limit(limit: u32) =
        "A rule did not act, because it would have exceeded the daily limit of {limit}. Decide in \
         Greenhouse.";

    /// Follows [`push_done`](super::push_done).
    pub(crate) fn push_rules_overlap() =
        "No rule acted, because the score meets the conditions of both rules. Change the rules so \
         that they do not overlap.";

    /// Follows [`push_done`](super::push_done).
    pub(crate) fn push_rule_without_stage() =
        "A rule did not move the application, because no stage is chosen for the job. Choose it in \
         the job mapping.";

    /// Follows [`push_done`](super::push_done).
    pub(crate) fn push_rule_not_shown() =
        "A rule did not act, because Greenhouse did not show where the application is.";

    /// Follows [`push_done`](super::push_done).
    pub(crate) fn push_rule_not_active() =
        "A rule did not act, because the application is not active any more.";

    /// Follows [`push_done`](super::push_done).
    pub(crate) fn push_rule_after_move() =
        "A rule did not act, because the application is not in the stage in which the test was \
         sent, or to which the candidate was pushed.";

    /// Follows [`push_done`](super::push_done).
    pub(crate) fn push_rule_reached() =
        "A rule did not move the application, because it is at or past the chosen stage.";

    /// Follows [`push_done`](super::push_done).
    pub(crate) fn push_rule_not_in_plan() =
        "A rule did not move the application, because the job's interview plan lacks the chosen or \
         the current stage. Choose another stage in the job mapping.";
}
