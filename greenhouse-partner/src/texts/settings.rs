//! Settings that cannot work, with their remedies, and values that cannot be parsed.

use greenhouse_core::settings::{FormError, SettingsProblem};

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
        "Enter the credential that Greenhouse issued for the completion call.",
    )
}

pub(crate) fn colon_in_completion_user() -> SettingsProblem {
    SettingsProblem::new(
        "completion.user",
        "colon",
        "The user name contains a colon, so Greenhouse would read its end as the password.",
        "Enter user name and password in separate fields. If Greenhouse issued a single key, leave \
         the password empty.",
    )
}

pub(crate) fn control_character(member: &str) -> SettingsProblem {
    SettingsProblem::new(
        member,
        "control_character",
        "The value contains a line break or another control character.",
        "Copy it again without line breaks.",
    )
}

pub(crate) fn hook_key_taken() -> SettingsProblem {
    SettingsProblem::new(
        "hook_key",
        "taken",
        "Another account has this hook key.",
        "Leave out hook_key, so that a new one is created, or create one with `keys hook`.",
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
        None => format!("no secret is stored, got {kept}"),
        Some(last) => format!("expected a number from 0 to {last}, got {kept}"),
    };
    FormError::new(format!("secrets[{place}].kept"), reason)
}
