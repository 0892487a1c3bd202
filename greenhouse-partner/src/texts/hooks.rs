//! Texts about the webhooks that the host creates in Greenhouse.

use std::collections::BTreeSet;

use greenhouse_core::{settings::HookDefect, texts};

texts! {
    pub(crate) fn hooks_switched_off() =
        "Webhooks are not set up or are switched off.";

    pub(crate) fn hooks_no_credential() =
        "Candidate Push has no Harvest credential with which webhooks could be managed.";

    pub(crate) fn hooks_not_https() =
        "Greenhouse calls only https addresses, but this server's public URL is not an https URL.";

    pub(crate) fn hooks_not_allowed(reason: &str) =
        "{reason}";

    pub(crate) fn hooks_busy() =
        "Another request is changing the webhooks.";

    pub(crate) fn hooks_unavailable(reason: &str) =
        "The webhooks could not be read from Greenhouse: {reason}";
}

pub(crate) const SWITCH_ON: &str = "Set up webhooks and switch them on, then try again.";
pub(crate) const ENTER_CREDENTIAL: &str = "Enter a Harvest credential under Candidate Push and switch it on, or create the webhooks in \
     Greenhouse under Configure > Dev Center > Webhooks.";
pub(crate) const USE_HTTPS: &str = "Ask the operator to set public_url to an https URL.";
pub(crate) const CHECK_DATABASE: &str = "Ask the operator to check the database.";
pub(crate) const DATABASE: &str = "the database is temporarily unavailable";
pub(crate) const TRY_AGAIN: &str = "Try again in a minute.";
pub(crate) const NO_RESPONSE: &str = "Greenhouse did not respond in time.";

pub(crate) const REPAIR: &str = "Repair the webhooks.";
pub(crate) const CREATE: &str = "Create the webhooks.";
pub(crate) const DUPLICATE: &str = "There is another webhook for the same event.";
pub(crate) const NOT_ATTEMPTED: &str = "An earlier call failed, or there was no time left.";
pub(crate) const UNCONFIRMED: &str = "Greenhouse's response was lost, and the webhook is not listed yet. It is not created again \
     until it is certain that it does not exist.";

pub(crate) fn try_again_after(at: &str) -> String {
    format!("Try again after {at}.")
}

/// Lists defects as a sentence.
pub(crate) fn defects(defects: &BTreeSet<HookDefect>) -> String {
    let words: Vec<_> = defects.iter().map(|defect| word(*defect)).collect();
    format!("The webhook {}.", words.join(", and "))
}

fn word(defect: HookDefect) -> &'static str {
    match defect {
        HookDefect::Missing => "does not exist",
        HookDefect::Disabled => "is disabled",
        HookDefect::WrongAddress => "has another address than this server",
        HookDefect::FewAttempts => "has fewer than 7 attempts",
        HookDefect::OldSecret => "has an earlier secret",
        HookDefect::Duplicate => "exists twice",
        _ => "may not exist",
    }
}
