use maud::{Markup, html};

use crate::{help, request::ConsoleRequest};

/// The link to the paragraph of the help for the code of a problem, after a space. Empty if the
/// help has none.
pub(crate) fn help_link(request: &ConsoleRequest<'_>, code: &str) -> Markup {
    html! {
        @if help::has(code) {
            " " a href=(request.link(&format!("help#{code}"))) {
                (request.texts().common.what_helps)
            }
        }
    }
}

/// The same link, which the script opens in a drawer.
pub(crate) fn help_drawer(request: &ConsoleRequest<'_>, code: &str) -> Markup {
    html! {
        @if help::has(code) {
            " " a data-drawer href=(request.link(&format!("help/{code}"))) {
                (request.texts().common.what_helps)
            }
        }
    }
}
