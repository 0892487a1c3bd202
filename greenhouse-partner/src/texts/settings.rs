//! Problems in settings with their remedies, and errors for values that cannot be parsed.

use greenhouse_core::{
    SecretProblem,
    settings::{FormError, SettingsProblem},
};

pub(crate) fn no_completion_user() -> SettingsProblem {
    SettingsProblem::new(
        "completion.user",
        "missing",
        "The completion credential has no user name.",
        "Enter the user name that Greenhouse issued. If Greenhouse issued a single key, enter the key \
         here and leave the password empty.",
    )
}

pub(crate) fn partner_key_as_completion() -> SettingsProblem {
    SettingsProblem::new(
        "completion",
        "partner_key",
        "This is a partner key, not the completion credential. Greenhouse would reject it (403).",
        "Enter the credential that Greenhouse issued for completion notices.",
    )
}

pub(crate) fn colon_in_completion_user() -> SettingsProblem {
    SettingsProblem::new(
        "completion.user",
        "colon",
        "The user name contains a colon, so Greenhouse would treat the text after the colon as the \
         password.",
        "Enter the user name and the password in separate fields. If Greenhouse issued a single \
         key, leave the password empty.",
    )
}

/// A pasted secret has a defect.
pub(crate) fn secret(member: &str, problem: SecretProblem) -> SettingsProblem {
    let (message, remedy) = (problem.message(), problem.remedy());
    SettingsProblem::new(member, problem.code(), message.as_str(), remedy.as_str())
}

pub(crate) fn hook_key_taken() -> SettingsProblem {
    SettingsProblem::new(
        "hook_key",
        "taken",
        "Another account already uses this hook key.",
        "Leave out hook_key to have a new hook key created, or create one with `keys hook`.",
    )
}

pub(crate) fn completion_user_expected() -> FormError {
    FormError::new("completion.user", "expected a user name, got none")
}

pub(crate) fn hook_key_not_created(reason: &str) -> FormError {
    FormError::new("hook_key", reason)
}

pub(crate) fn too_many_secrets(max: usize, found: usize) -> FormError {
    let reason = format!("expected at most {max} secrets, got {found}");
    FormError::new("secrets", reason)
}

pub(crate) fn unknown_secret(place: usize, kept: usize, stored: usize) -> FormError {
    let reason = match stored.checked_sub(1) {
        None => format!("expected a new secret, because none is stored; got the index {kept}"),
        Some(last) => format!("expected an index from 0 to {last}, got {kept}"),
    };
    FormError::new(format!("secrets[{place}].kept"), reason)
}
