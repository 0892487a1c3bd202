//! Texts for recruiters, admins and operators, with one file for each place that shows them.

pub(crate) mod backfill;
pub(crate) mod connection;
pub(crate) mod diagnosis;
pub(crate) mod operation;
pub(crate) mod refusal;
pub(crate) mod set_up;
pub(crate) mod settings;
pub(crate) mod sync_log;
pub(crate) mod webhooks;

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

/// Remedy if the user who reads the records cannot see all of them.
pub(crate) const SITE_ADMIN: &str = "In Greenhouse, make the acting user a Site Admin (Configure > \
                                     Users), or choose a Site Admin as the acting user in the push \
                                     settings.";

/// Formats a time to the second: `2026-11-23T10:00:00Z`.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Formats a Greenhouse object with its name, or with its id if the name is unknown:
/// `job Engineer`, `job 6409551002`.
pub(crate) fn named(what: &str, name: Option<&str>, id: impl fmt::Display) -> String {
    match name.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => format!("{what} {name}"),
        None => format!("{what} {id}"),
    }
}

/// Strips the final period, so that the reason fits into the middle of a sentence.
pub(crate) fn reason(reason: &str) -> &str {
    reason.trim_end().trim_end_matches('.')
}

/// Capitalizes the first letter, for the start of a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn codes_are_unique() {
        let codes = [
            sync_log::CODES,
            sync_log::rules::CODES,
            sync_log::stage_tests::CODES,
            backfill::CODES,
            sync_log::status::CODES,
        ]
        .concat();
        let unique: BTreeSet<_> = codes.iter().collect();
        assert_eq!(unique.len(), codes.len());
    }

    #[test]
    fn settings_codes_are_unique() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/push/texts");
        let source = fs::read_to_string(folder.join("settings.rs")).unwrap();
        let calls = source.split("Problem::new(").skip(1);
        let codes: Vec<_> = calls.filter_map(|call| call.split(',').nth(1)).collect();
        let unique: BTreeSet<_> = codes.iter().map(|code| code.trim()).collect();
        assert!(codes.len() > 25, "{codes:?}");
        assert_eq!(unique.len(), codes.len(), "{codes:?}");
    }

    #[test]
    fn objects_are_shown_with_their_name_or_id() {
        assert_eq!(named("job", Some("Engineer "), 7), "job Engineer");
        for unknown in [None, Some(" ")] {
            assert_eq!(named("job", unknown, 7), "job 7");
        }
        assert_eq!(sentence("job Engineer"), "Job Engineer");
        assert_eq!(reason("The account is closed. "), "The account is closed");
    }
}
