//! Texts of sync log entries. They contain no personal data.

use greenhouse_core::texts;

texts! {
    /// The reason is a sentence, or empty.
    pub(crate) fn hooks_not_removed(reason: &str) =
        "Webhooks are switched off, but the webhooks that were created in Greenhouse could not all be \
         removed. Delete them in Greenhouse under Configure > Dev Center > Webhooks. {reason}";

    pub(crate) fn test_received(test: &str) =
        "Greenhouse sent the test \"{test}\". The candidate is being invited.";

    /// The name of the test is unknown, because the product did not list its tests.
    pub(crate) fn test_received_while_unavailable() =
        "Greenhouse sent a test while the product was unavailable. The candidate will be invited \
         when the product responds.";

    pub(crate) fn callback_reused() =
        "Greenhouse sent the test with the callback address of an earlier test for another \
         candidate or another test, so it is a separate invitation. Check that the result appears \
         on the right application.";

    pub(crate) fn test_refused(reason: &str) =
        "A request to send a test was refused: {reason}. If Greenhouse sent the request, ask the \
         operator to allow the callback host. Otherwise, rotate the partner key.";

    pub(crate) fn test_refused_unknown(reason: &str) =
        "A request to send a test was refused: {reason}. In Greenhouse, choose another test at the \
         stage, then send it.";

    pub(crate) fn test_refused_email(reason: &str) =
        "A request to send a test was refused: {reason}. In Greenhouse, correct the candidate's \
         email address, then resend the test.";

    pub(crate) fn test_refused_malformed(reason: &str) =
        "A request to send a test was refused: {reason}. Resend the test in Greenhouse. If that also \
         fails, contact Greenhouse Support.";

    pub(crate) fn test_refused_size(reason: &str) =
        "A request to send a test was refused: {reason}. Ask the operator to raise the limit for \
         request bodies (body_limit), then resend the test in Greenhouse.";

    pub(crate) fn test_refused_by_product(reason: &str) =
        "A request to send a test was refused by the product: {reason}. Fix the problem, then \
         resend the test in Greenhouse.";

    pub(crate) fn test_refused_off() =
        "A request to send a test was refused, because assessments are switched off. Switch them on, \
         then resend the test in Greenhouse.";

    pub(crate) fn request_refused_off() =
        "Requests from Greenhouse are refused (404), because assessments are switched off. Switch \
         them on, or ask Greenhouse Support to remove the integration.";

    pub(crate) fn status_of_unknown_test() =
        "Greenhouse asked for the status of a test that this account does not have. Resend the test \
         in Greenhouse.";

    pub(crate) fn report_not_found() =
        "Greenhouse asked for a report that does not exist, or whose assessment is not complete. \
         Check the assessment in the product.";

    pub(crate) fn request_refused(endpoint: &str, reason: &str) =
        "A request from Greenhouse to {endpoint} was refused: {reason}. If this happens again, contact \
         Greenhouse Support.";

    pub(crate) fn request_refused_size(endpoint: &str, reason: &str) =
        "A request from Greenhouse to {endpoint} was refused: {reason}. Ask the operator to raise \
         the limit for request bodies (body_limit).";

    pub(crate) fn request_refused_by_product(endpoint: &str, reason: &str) =
        "A request from Greenhouse to {endpoint} was refused by the product: {reason}. Fix the \
         problem in the product.";

    pub(crate) fn webhook_refused_malformed(reason: &str) =
        "A signed webhook was refused: {reason}. Check that only Greenhouse has the webhook secret. \
         If only Greenhouse has it, contact Greenhouse Support.";

    pub(crate) fn expired_key_used(id: &str) =
        "A request from Greenhouse was refused, because its partner key ({id}) has expired. Create a \
         partner key and give it to Greenhouse.";

    pub(crate) fn misplaced_key_used(reason: &str) =
        "A request from Greenhouse was refused, although it contained a partner key of this account: \
         {reason}. Ask Greenhouse to send the key as the Basic auth username with an empty password.";

    pub(crate) fn invitation_not_found(what: &str) =
        "The candidate was not invited: the product did not find the {what}. In Greenhouse, choose \
         another test at the stage, then send it.";

    pub(crate) fn invitation_rejected(reason: &str) =
        "The candidate was not invited: {reason}. Fix the problem, then resend the test in \
         Greenhouse.";

    /// For the test of a stage.
    pub(crate) fn stage_invitation_not_found(what: &str) =
        "The candidate was not invited: the product did not find the {what}. Choose another test \
         under Candidate Push > Tests by stage, then move the application out of the stage and back.";

    /// For the test of a stage.
    pub(crate) fn stage_invitation_rejected(reason: &str) =
        "The candidate was not invited: {reason}. Fix the problem, then move the application out of \
         the stage and back.";

    pub(crate) fn invitation_erased() =
        "The candidate was not invited, because the email address was erased before the invitation \
         was sent.";

    pub(crate) fn test_completed() = "The candidate completed the test.";

    pub(crate) fn test_completed_again() = "The candidate completed the test again.";

    pub(crate) fn test_withdrawn() = "The test was withdrawn.";

    pub(crate) fn test_expired() = "The test expired before the candidate completed it.";

    pub(crate) fn test_reopened() =
        "The candidate can take the test again. Greenhouse keeps the earlier result until the \
         test ends again.";

    /// Appended to the text about the end of a test.
    pub(crate) fn no_completion_credential() =
        "Greenhouse was not notified, because no completion credential is stored. The result \
         appears when Greenhouse next checks the status. Enter the credential under Assessments.";

    /// Appended to the text about the end of a test.
    pub(crate) fn no_callback_address() =
        "Greenhouse was not notified, because it sent no callback address. The result appears when \
         Greenhouse next checks the status.";

    pub(crate) fn notice_due() = "Greenhouse is being notified of the result.";

    pub(crate) fn notice_repeated(at: &str) =
        "Greenhouse asked for the result while the product was unavailable. Greenhouse will be \
         notified again at {at}.";

    pub(crate) fn notice_accepted() =
        "Greenhouse accepted the completion notice and will now request the result.";

    pub(crate) fn notice_assessments_off() =
        "Greenhouse was not notified, because assessments are switched off. Switch them on, then \
         retry this entry.";

    pub(crate) fn notice_without_credential() =
        "Greenhouse was not notified, because no completion credential is stored. Enter the \
         credential under Assessments, then retry this entry.";

    pub(crate) fn notice_credential_unusable() =
        "Greenhouse was not notified, because the completion credential contains characters that \
         cannot be sent. Enter the credential again under Assessments, then retry this entry.";

    pub(crate) fn notice_address_refused(reason: &str) =
        "Greenhouse was not notified: {reason}. If the host belongs to Greenhouse, ask the \
         operator to allow it, then retry this entry.";

    pub(crate) fn notice_address_unusable() =
        "Greenhouse was not notified, because its callback address cannot be called. Resend the test \
         in Greenhouse. If that also fails, contact Greenhouse Support.";

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
        "Greenhouse rejected the completion notice ({status}). Retry this entry. If the retry also \
         fails, contact Greenhouse Support.";

    pub(crate) fn notice_failed(status: u16) =
        "Greenhouse could not process the completion notice ({status}).";

    pub(crate) fn notice_unanswered(reason: &str) =
        "Greenhouse did not respond to the completion notice: {reason}.";

    /// Appended to the text about a failed attempt.
    pub(crate) fn notice_next_attempt(at: &str) = "The next attempt is at {at}.";

    /// Appended to the text about a failed attempt.
    pub(crate) fn notice_given_up(attempts: &str) =
        "The notice was abandoned after {attempts}. Retry this entry when Greenhouse is available \
         again.";

    pub(crate) fn response_error(response: &str, errors: &str) =
        "Greenhouse could not use {response}: {errors}. Check the tests in the product. If the error \
         occurs again, contact Greenhouse Support.";

    pub(crate) fn response_error_without_reason(response: &str) =
        "Greenhouse could not use {response} and gave no reason. Check the tests in the product. If \
         the error occurs again, contact Greenhouse Support.";

    pub(crate) fn webhook_unreadable(reason: &str) =
        "A webhook from Greenhouse could not be read: {reason}. Its body was stored. Check recent \
         changes in Greenhouse manually.";

    pub(crate) fn webhook_id_reused() =
        "A webhook had the id of an earlier webhook but a different body, and was processed as a \
         new webhook. Check that only Greenhouse has the webhook secret.";

    pub(crate) fn successor_unread(reason: &str) =
        "The candidate was merged in Greenhouse, but the application that replaced the deleted one \
         could not be read: {reason}. Check the candidate in Greenhouse.";

    pub(crate) fn outcome_not_found(outcome: &str, what: &str) =
        "The product could not record the candidate as {outcome}: the product did not find the \
         {what}. Check the assessment in the product.";

    pub(crate) fn outcome_rejected(outcome: &str, reason: &str) =
        "The product refused to record the candidate as {outcome}: {reason}. Record the outcome in \
         the product manually.";

    pub(crate) fn report_links_revoked() =
        "All existing links to the report were revoked. New links still work.";

    pub(crate) fn report_urls_not_ended(reason: &str) =
        "All existing links to the report were revoked, but the product did not revoke the URLs to \
         which they redirect: {reason}. A person who opened a link may still have its URL. Revoke \
         the links again when the product is available.";
}

pub(crate) const SPACE_AROUND_KEY: &str = "the key was sent with white space before or after it";

/// Response that Greenhouse could not use, as the object of a sentence.
pub(crate) fn response_to(call: &str) -> String {
    if call.is_empty() {
        "a response".to_owned()
    } else {
        format!("the response to {call}")
    }
}

/// Response about a test, as the object of a sentence.
pub(crate) fn response_about(response: &str, name: Option<&str>, id: Option<&str>) -> String {
    match (name, id) {
        (Some(name), Some(id)) => format!("{response} for the test \"{name}\" ({id})"),
        (Some(name), None) => format!("{response} for the test \"{name}\""),
        (None, Some(id)) => format!("{response} for the test {id}"),
        (None, None) => response.to_owned(),
    }
}
