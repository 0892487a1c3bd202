use maud::{Markup, html};

use super::{Icon, icon};

/// How urgent a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Success,
    Info,
    Warning,
    Problem,
}

/// A box with an icon and content. Warnings and problems are announced at once.
pub(crate) fn notice(tone: Tone, content: &Markup) -> Markup {
    let (class, role, shown) = match tone {
        Tone::Success => ("gh-success", "status", Icon::Done),
        Tone::Info => ("gh-info", "status", Icon::Info),
        Tone::Warning => ("gh-warning", "status", Icon::Warning),
        Tone::Problem => ("gh-problem", "alert", Icon::Failed),
    };
    html! {
        div class={ "gh-notice " (class) } role=(role) {
            (icon(shown))
            div.gh-notice-text { (content) }
        }
    }
}
