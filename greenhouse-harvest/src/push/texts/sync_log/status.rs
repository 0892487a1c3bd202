//! Status of tests in a custom field of their applications.

use greenhouse_core::{ApplicationId, texts};

texts! {
    pub(crate) fn status_requested() =
        "Queued: a person requested that the status of the test is written.";

    pub(crate) fn status_written(status: &str) =
        "The custom field of the application shows the status of the test: {status}.";

    pub(crate) fn status_without_application(application: ApplicationId) =
        "The status of the test was not written, because application {application} does not exist \
         any more in Greenhouse.";

    pub(crate) fn status_of_hidden_application(application: ApplicationId, remedy: &str) =
        "The status of the test was not written, because Greenhouse does not show application \
         {application}. {remedy}";

    pub(crate) fn status_field_unknown(key: &str) =
        "The status of the test was not written, because Greenhouse has no active application \
         field \"{key}\". Choose another custom field under Candidate Push > Results, then retry.";

    pub(crate) fn status_field_unsuitable(key: &str) =
        "The status of the test was not written, because a custom field of the type of \"{key}\" \
         cannot hold it. Choose another custom field under Candidate Push > Results, then retry.";

    pub(crate) fn status_field_without_option(key: &str, option: &str) =
        "The status of the test was not written, because the custom field \"{key}\" has no option \
         {option}. Add the option in Greenhouse (Configure > Custom Options), then retry.";

    pub(crate) fn status_unwritable(error: &str) =
        "The status of the test was not written, because other custom fields would lose their \
         values: {error}. Choose no custom field under Candidate Push > Results, or clear the other \
         fields in Greenhouse, then retry.";

    /// A retry of an entry whose status is written or queued, or whose setting is switched off.
    pub(crate) fn status_not_retried() =
        "there is nothing to write: the status is written or queued, or no custom field is chosen";
}
