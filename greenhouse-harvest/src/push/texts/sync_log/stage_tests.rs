//! Entries about tests by stage.

use greenhouse_core::texts;

texts! {
    pub(crate) fn stage_test_sent(stage: &str) =
        "The application entered {stage}. The candidate is being invited to its test.";

    pub(crate) fn push_of_stage_test() =
        "Queued: the result of the test of a stage is written to the application.";

    /// `reason` is a sentence without its period.
    pub(crate) fn stage_test_waits(reason: &str, retry_at: &str) =
        "The test of the stage waits: {reason}. The next attempt follows at {retry_at}.";

    /// `reason` is a sentence without its period.
    pub(crate) fn stage_test_failed(reason: &str) =
        "The test of the stage was not sent within 3 days: {reason}. Correct the cause, then move \
         the application out of the stage and back.";

    pub(crate) fn stage_test_push_off() =
        "The test of the stage was not sent, because the push is switched off.";

    pub(crate) fn stage_test_not_mapped() =
        "The test of the stage was not sent, because the stage was removed from the settings.";

    pub(crate) fn stage_test_not_listed() =
        "The test of the stage was not sent, because Greenhouse does not list the application. It \
         was deleted, or its candidate is private. Give the acting user permission to see private \
         candidates, or send the test in the product.";

    pub(crate) fn stage_test_not_active(status: &str) =
        "The test of the stage was not sent, because the application is no longer active \
         ({status}).";

    pub(crate) fn stage_test_left() =
        "The test of the stage was not sent, because the application has left the stage.";

    pub(crate) fn stage_test_candidate_not_listed() =
        "The test of the stage was not sent, because Greenhouse does not list the candidate. The \
         candidate was deleted or merged, or is private. Send the test in the product if it is \
         needed.";

    pub(crate) fn stage_test_private() =
        "The test of the stage was not sent, because the candidate is private. Send the test in the \
         product, or make the candidate public and move the application out of the stage and back.";

    pub(crate) fn stage_test_no_address() =
        "The test of the stage was not sent, because the candidate has no email address. Add an \
         address in Greenhouse, then move the application out of the stage and back.";

    pub(crate) fn stage_test_invalid_address() =
        "The test of the stage was not sent, because none of the candidate's email addresses is \
         valid. Correct the address in Greenhouse, then move the application out of the stage and \
         back.";

    pub(crate) fn stage_test_sent_before() =
        "The test of the stage was not sent again, because the application received it before. Send \
         another test in the product if it is needed.";

    pub(crate) fn stage_test_open_elsewhere() =
        "The test of the stage was not sent, because the candidate already has this test and has \
         not completed it. Move the application out of the stage and back after that test has \
         ended.";
}
