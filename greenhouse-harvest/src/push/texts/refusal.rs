//! Texts for refused operator requests, each a lower-case phrase.

use greenhouse_core::{Text, texts};

texts! {
    pub(crate) fn not_found() = "the product does not have the assessment";

    pub(crate) fn switched_off() =
        "the push is switched off for this account; switch it on in the push settings";

    pub(crate) fn not_completed() =
        "the assessment is not complete; push it when the candidate has finished";

    pub(crate) fn contended() = "another request is changing the push; try again";

    pub(crate) fn not_settled(seconds: i64) =
        "the outcome of the last write to Greenhouse is still unknown; try again in {seconds} s";

    /// `reason` comes from the product.
    pub(crate) fn product_refused(reason: &str) = "{reason}";

    pub(in crate::push) fn cannot_list() =
        "The product cannot list its completed assessments, so they cannot be counted.";

    pub(crate) fn store_unavailable() = "the database is temporarily unavailable";
}

/// The product did not respond.
pub(crate) fn product_unavailable() -> Text {
    Text::new("product_unavailable", PRODUCT_UNAVAILABLE)
}

pub(crate) const PRODUCT_UNAVAILABLE: &str = "the product did not respond; try again";
pub(crate) const CANNOT_SEE: &str =
    "the acting user is not a Site Admin, so some records may be hidden";
pub(crate) const USER_EXPECTED: &str = "id: expected the id of a Greenhouse user";
pub(crate) const JOB_EXPECTED: &str = "job: expected the id of a Greenhouse job";

/// Remedy if the account has no push settings.
pub(crate) const SAVE_CREDENTIAL: &str = "Save the Harvest credential in the push settings first.";
/// Remedy if the product did not respond.
pub(crate) const TRY_AGAIN: &str = "Try again.";
