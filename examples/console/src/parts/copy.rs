use maud::{Markup, html};

use crate::texts::CommonTexts;

/// A value with a button that copies it. The button needs the script, so it is hidden without it.
pub(crate) fn copy_value(texts: &CommonTexts, label: &str, value: &str) -> Markup {
    html! {
        span.gh-copy {
            code.gh-copy-value { (value) }
            (button(texts, label, value))
        }
    }
}

/// A list of values with one button that copies them all, one line each.
pub(crate) fn copy_list(texts: &CommonTexts, label: &str, values: &[String]) -> Markup {
    html! {
        div.gh-copy-list {
            ul.gh-codes { @for value in values { li { code { (value) } } } }
            (button(texts, label, &values.join("\n")))
        }
    }
}

fn button(texts: &CommonTexts, label: &str, value: &str) -> Markup {
    html! {
        button.gh-button.gh-small type="button" hidden data-copy=(value) data-copied=(texts.copied)
            aria-label={ (texts.copy) " " (label) } { (texts.copy) }
    }
}
