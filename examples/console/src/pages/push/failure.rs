//! The notice for a list or a check that Greenhouse or the product did not answer.

use maud::{Markup, html};

use crate::{
    api::{ApiError, sentence},
    parts::{Tone, help_link, notice},
    request::ConsoleRequest,
};

/// A notice with the reason and its remedy. `lead` says what is missing on the page.
pub(super) fn failed(request: &ConsoleRequest<'_>, lead: &str, error: &ApiError) -> Markup {
    notice(
        Tone::Warning,
        &html! {
            p { (lead) }
            p data-code=(error.code) {
                (sentence(&error.message))
                @if let Some(remedy) = &error.remedy { " " (remedy) }
                (help_link(request, &error.code))
            }
        },
    )
}

/// The hint that the lists of a page can be a minute old, with a link that loads them again. `page`
/// is the address of the page.
pub(super) fn lists_age(request: &ConsoleRequest<'_>, page: &str) -> Markup {
    let texts = &request.texts().push;
    html! {
        p.gh-hint {
            (texts.lists_age) " "
            a href={ (page) "?refresh=1" } data-partial { (texts.lists_refresh) }
        }
    }
}

/// The beginning of a name from outside, for tables and lists.
pub(super) fn short(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// Returns `true` if a text contains what the user searches for, in any letter case.
pub(super) fn contains(text: &str, search: &str) -> bool {
    text.to_lowercase().contains(&search.to_lowercase())
}

const LONGEST: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let long = "é".repeat(10_000);
        assert_eq!(short(&long), format!("{}…", "é".repeat(120)));
        assert_eq!(short("Sales"), "Sales");
    }

    #[test]
    fn a_search_ignores_letter_case() {
        assert!(contains("Account Executive", "EXEC"));
        assert!(!contains("Account", "executive"));
    }
}
