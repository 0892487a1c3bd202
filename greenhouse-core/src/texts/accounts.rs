//! Sync log and health: accounts that are switched off or removed.

use crate::{health::Check, texts};

texts! {
    /// Sync log: a person switched the account off.
    pub(crate) fn account_switched_off() =
        "The account was switched off. Nothing is exchanged with Greenhouse until it is switched on.";

    /// Sync log: a person switched the account on.
    pub(crate) fn account_switched_on() = "The account was switched on.";

    /// Sync log: a person removed the account.
    pub(crate) fn account_removed() =
        "The account was removed, with its settings, keys, tokens and all personal data.";

    /// 409: other writers changed the account during every attempt.
    pub(crate) fn account_busy() = "the account keeps changing; try again";
}

pub(crate) fn account_off() -> Check {
    Check::warning(
        "account",
        "The account is switched off. Assessments, pushes and webhooks are refused, and no task \
         starts.",
        "Switch the account on to resume the exchange with Greenhouse.",
    )
}

pub(crate) fn account_unread(error: &str) -> Check {
    Check::problem(
        "account",
        format!("The account could not be read: {error}."),
        "Check the database.",
    )
}
