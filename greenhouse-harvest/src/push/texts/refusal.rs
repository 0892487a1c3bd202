//! Texts for refused operator requests, each a lower-case phrase.

pub(crate) const PUSH_SWITCHED_OFF: &str =
    "the push is switched off for this account; switch it on in the push settings";
pub(crate) const NOT_COMPLETED: &str =
    "the assessment is not complete; push it when the candidate has finished";
pub(crate) const CONTENDED: &str = "another request is changing the push; try again";
pub(crate) const PRODUCT_UNAVAILABLE: &str = "the product did not respond; try again";
pub(crate) const CANNOT_SEE: &str =
    "the acting user is not a Site Admin, so some records may be hidden";
pub(crate) const JOB_EXPECTED: &str = "job: expected the id of a Greenhouse job";

/// Remedy if the account has no push settings.
pub(crate) const SAVE_CREDENTIAL: &str = "Save the Harvest credential in the push settings first.";
/// Remedy if the product did not respond.
pub(crate) const TRY_AGAIN: &str = "Try again.";

pub(crate) fn not_settled(seconds: i64) -> String {
    format!(
        "the outcome of the last write to Greenhouse is still unknown; try again in {seconds} s"
    )
}
