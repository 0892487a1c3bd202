//! Texts about the connection to a partner's app. Refusals are lower-case phrases, each with a
//! remedy.

use greenhouse_core::{Text, UserId, settings::ConsentRefusal, texts};

texts! {
    fn consent_unknown() =
        "this consent was not begun for this account, or another one was begun after it";

    fn consent_used() = "this answer of Greenhouse was already used";

    fn consent_expired() = "the consent took longer than 10 minutes";

    fn consent_denied() = "the user in Greenhouse did not consent";

    /// `error` is a word from Greenhouse.
    fn consent_failed(error: &str) = "Greenhouse did not grant the consent ({error})";

    fn consent_incomplete() = "Greenhouse sent no code";

    fn consent_not_waiting() = "no consent waits for this confirmation";

    fn consent_code_expired() = "Greenhouse's code has expired; it is valid for one minute";

    pub(crate) fn no_partner_app() =
        "the account's Harvest credential is not the credential of a partner's app";

    pub(crate) fn no_state() = "the operating system returned no random bytes";
}

/// The text of a refusal, with its remedy.
pub(crate) fn refusal(refusal: &ConsentRefusal) -> (Text, &'static str) {
    match refusal {
        ConsentRefusal::UnknownState => (consent_unknown(), CONNECT_AGAIN),
        ConsentRefusal::UsedState => (consent_used(), CHECK_STATE),
        ConsentRefusal::ExpiredState => (consent_expired(), CONNECT_AGAIN),
        ConsentRefusal::Denied => (consent_denied(), CONSENT),
        ConsentRefusal::Failed { error } => (consent_failed(error), CHECK_APP),
        ConsentRefusal::NothingToConfirm => (consent_not_waiting(), CONNECT_AGAIN),
        ConsentRefusal::ExpiredCode => (consent_code_expired(), CONNECT_AGAIN),
        _ => (consent_incomplete(), CONNECT_AGAIN),
    }
}

/// The user who consented does not see every record.
pub(crate) fn no_site_admin(user: Option<UserId>) -> (String, &'static str) {
    let user = user.map_or("The user".to_owned(), |user| format!("User {user}"));
    (
        format!(
            "{user} who connected the account is not a Site Admin and does not see every record, \
             so new candidates are not created."
        ),
        "Have a Site Admin connect the account again, or make this user a Site Admin in Greenhouse \
         (Configure > Users).",
    )
}

pub(crate) fn scopes_missing(missing: &[&str]) -> String {
    let scopes = if missing.len() == 1 {
        "scope"
    } else {
        "scopes"
    };
    format!("The consent lacks the {scopes} {}.", missing.join(", "))
}

pub(crate) const CONNECT_AGAIN: &str =
    "Connect the account again under Candidate Push > Harvest credential.";
const CHECK_STATE: &str = "Check under Candidate Push > Harvest credential if the account is \
                           connected. Otherwise, connect it again.";
const CONSENT: &str = "Connect the account again, and have a Site Admin allow the access in \
                       Greenhouse.";
const CHECK_APP: &str = "Check with Greenhouse that the app is registered with the redirect URI of \
                         the credential and with every scope that the push needs. Then connect the \
                         account again.";
/// Remedy if the credential is not a partner's.
pub(crate) const ENTER_APP: &str = "Enter the app's credential under Candidate Push > Harvest \
                                    credential, with its redirect URI.";
/// What a person does after a disconnection, because no call that revokes tokens is documented.
pub(crate) const REMOVE_APP: &str = "The tokens were removed from this server. To end the app's \
                                     access in Greenhouse too, remove the app there.";
pub(crate) const TRY_AGAIN: &str = "Try again.";
