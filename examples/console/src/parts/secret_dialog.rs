use maud::{Markup, html};

use super::{Tone, copy_value, notice};
use crate::request::ConsoleRequest;

/// A new secret that is shown once.
pub(crate) struct NewSecret<'a> {
    pub(crate) title: &'a str,
    /// What the value is, for the copy button.
    pub(crate) label: &'a str,
    pub(crate) value: &'a str,
    /// What to do with the value, one paragraph each.
    pub(crate) next: &'a [&'a str],
    /// Page of the console that the dialog returns to.
    pub(crate) page: &'a str,
}

/// The dialog that shows a new secret. The page never shows the secret again.
pub(crate) fn secret_dialog(request: &ConsoleRequest<'_>, secret: &NewSecret<'_>) -> Markup {
    let texts = &request.texts().common;
    html! {
        dialog.gh-dialog open data-modal aria-labelledby="gh-secret-title" {
            h2 #gh-secret-title { (secret.title) }
            (notice(Tone::Warning, &html! { p { (texts.shown_once) } }))
            p { (copy_value(texts, secret.label, secret.value)) }
            @for text in secret.next { p { (text) } }
            p {
                a.gh-button.gh-primary href=(request.link(secret.page)) data-close {
                    (texts.close)
                }
            }
        }
    }
}
