//! Defects of pasted secrets, each with its remedy.

use crate::texts;

texts! {
    /// Empty, or only spaces.
    pub(crate) fn secret_missing() = "The secret is empty.";

    /// A control character at any position.
    pub(crate) fn secret_control_character() =
        "The value contains a line break or another control character.";

    /// An invisible character at any position.
    pub(crate) fn secret_hidden_character() = "The value contains an invisible character.";

    /// A space at one end, or a special space at any position.
    pub(crate) fn secret_blank() =
        "The value begins or ends with a space, or contains a special space.";

    /// Shorter than the minimum.
    pub(crate) fn secret_too_short(minimum: usize, length: usize) =
        "The value has {length} characters; at least {minimum} are required.";

    pub(crate) fn enter_secret() = "Enter the secret.";

    pub(crate) fn copy_secret_again() =
        "Copy the value again, without surrounding spaces, line breaks or invisible characters.";

    pub(crate) fn enter_longer_secret() =
        "Enter a longer random value, for example from `openssl rand -hex 32`. If Greenhouse issued \
         the value, copy all of it.";
}
