//! Entries of the sync log. They contain no personal data.

use greenhouse_core::texts;

texts! {
    pub(crate) fn test_received(test: &str) =
        "Greenhouse sent the test \"{test}\". The candidate is being invited.";

    /// The product did not list its tests, so the name is unknown.
    pub(crate) fn test_received_while_unavailable() =
        "Greenhouse sent a test while the product did not respond. The candidate is invited as soon \
         as it does.";

    pub(crate) fn test_refused(reason: &str) =
        "A request to send a test was refused: {reason}. If Greenhouse sent it, ask the \
         operator to allow its host. If not, rotate the partner key.";

    pub(crate) fn invitation_not_found(what: &str) =
        "The candidate was not invited: the product has no such {what}. Choose another test at the \
         stage in Greenhouse and send it again.";

    pub(crate) fn invitation_rejected(reason: &str) =
        "The candidate was not invited: {reason}. Correct this, then send the test again in \
         Greenhouse.";

    pub(crate) fn invitation_erased() =
        "The candidate was not invited: the email address was erased before the invitation.";

    pub(crate) fn test_completed() = "The candidate completed the test.";

    pub(crate) fn test_completed_again() = "The candidate completed the test again.";

    pub(crate) fn test_withdrawn() = "The test was withdrawn.";

    pub(crate) fn test_expired() = "The test expired before the candidate completed it.";

    pub(crate) fn test_reopened() =
        "The candidate can take the test again. Greenhouse keeps the earlier result until the \
         test ends again.";

    /// Follows the end of a test.
    pub(crate) fn no_completion_credential() =
        "Greenhouse is not notified, because no completion credential is stored. It shows the result \
         when it next asks for it. Enter the credential under Assessments.";

    /// Follows the end of a test.
    pub(crate) fn no_callback_address() =
        "Greenhouse is not notified, because it sent no address for notices. It shows the result \
         when it next asks for it.";

    pub(crate) fn notice_due() = "Greenhouse is being notified of the result.";

    pub(crate) fn notice_repeated(at: &str) =
        "Greenhouse asked for the result while the product did not respond. It is notified again at \
         {at}.";

    pub(crate) fn notice_accepted() =
        "Greenhouse accepted the completion notice. It asks for the result next.";

    pub(crate) fn notice_assessments_off() =
        "Greenhouse was not notified: assessments are switched off. Switch them on, then retry this \
         entry.";

    pub(crate) fn notice_without_credential() =
        "Greenhouse was not notified: no completion credential is stored. Enter it under \
         Assessments, then retry this entry.";

    pub(crate) fn notice_credential_unusable() =
        "Greenhouse was not notified: the completion credential contains characters that cannot be \
         sent. Enter it again under Assessments, then retry this entry.";

    pub(crate) fn notice_address_refused(reason: &str) =
        "Greenhouse was not notified: {reason}. If Greenhouse uses this host, ask the \
         operator to allow it, then retry this entry.";

    pub(crate) fn notice_address_unusable() =
        "Greenhouse was not notified: the address that it sent for notices cannot be called.";

    pub(crate) fn notice_unauthorized(status: u16) =
        "Greenhouse rejected the completion credential ({status}). Enter it again under Assessments, \
         then retry this entry. The partner key is not the completion credential.";

    pub(crate) fn notice_not_found(status: u16) =
        "Greenhouse rejected the completion notice ({status}). The test or its candidate was \
         probably deleted in Greenhouse.";

    pub(crate) fn notice_redirected(status: u16) =
        "Greenhouse redirected the completion notice ({status}). Redirects are not followed, because \
         the notice carries a credential. Ask Greenhouse Support for the correct address.";

    pub(crate) fn notice_rejected(status: u16) =
        "Greenhouse rejected the completion notice ({status}). Retry this entry. If that fails too, \
         ask Greenhouse Support.";

    pub(crate) fn notice_failed(status: u16) =
        "Greenhouse could not process the completion notice ({status}).";

    pub(crate) fn notice_unanswered(reason: &str) =
        "Greenhouse did not answer the completion notice: {reason}.";

    /// Follows a failed attempt.
    pub(crate) fn notice_next_attempt(at: &str) = "The next attempt is at {at}.";

    /// Follows a failed attempt.
    pub(crate) fn notice_given_up(attempts: &str) =
        "The notice was given up after {attempts}. Retry this entry when Greenhouse responds again.";

    pub(crate) fn response_error(response: &str, errors: &str) =
        "Greenhouse could not use {response}: {errors}.";

    pub(crate) fn response_error_without_reason(response: &str) =
        "Greenhouse could not use {response} and gave no reason.";

    pub(crate) fn webhook_unreadable(reason: &str) =
        "A webhook from Greenhouse could not be read: {reason}. Its body is stored. Check recent \
         changes in Greenhouse by hand.";

    pub(crate) fn webhook_id_reused() =
        "A webhook has the id of an earlier one but another body. It was processed as a new one. \
         Check that only Greenhouse has the webhook secret.";

    pub(crate) fn successor_unread(reason: &str) =
        "The candidate was merged in Greenhouse, but the application that replaced the deleted one \
         could not be read: {reason}. Check the candidate in Greenhouse.";

    pub(crate) fn outcome_not_found(outcome: &str, what: &str) =
        "The product could not record that the candidate is {outcome}: it has no such {what}.";

    pub(crate) fn outcome_rejected(outcome: &str, reason: &str) =
        "The product did not accept that the candidate is {outcome}: {reason}. Record it in the \
         product by hand.";

    pub(crate) fn report_links_revoked() =
        "All earlier links to the report were revoked. New links open it.";
}

/// Response that Greenhouse could not use, as the object of a sentence.
pub(crate) fn response_to(call: &str) -> String {
    if call.is_empty() {
        "a response".to_owned()
    } else {
        format!("the response to {call}")
    }
}
