use maud::{Markup, html};

/// A dangerous action that the user has to confirm.
#[derive(Clone, Copy)]
pub(crate) struct Confirm<'a> {
    /// Text of the button that opens the question and of the button that confirms it.
    pub(crate) action: &'a str,
    /// Text of the first button for screen readers. It distinguishes the rows of a list.
    pub(crate) label: &'a str,
    /// Consequences of the action.
    pub(crate) text: &'a str,
    /// Address to which the form is sent.
    pub(crate) address: &'a str,
}

/// The question before a dangerous action. It works without the script.
pub(crate) fn confirm(confirm: Confirm<'_>, fields: &Markup) -> Markup {
    html! {
        details.gh-confirm {
            summary.gh-button.gh-danger aria-label=(confirm.label) { (confirm.action) }
            form method="post" action=(confirm.address) data-partial {
                p { (confirm.text) }
                (fields)
                button.gh-button.gh-danger type="submit" { (confirm.action) }
            }
        }
    }
}
