use maud::{Markup, html};

use super::problem_list;
use crate::{draft::Draft, request::ConsoleRequest};

/// A labelled field of a form. Its name is the path of the settings member.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    /// Explanation below the label. Empty if the label says everything.
    pub(crate) hint: &'a str,
}

/// An option of a selection.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        let (value, label) = (value.into(), label.into());
        Self { value, label }
    }
}

impl Field<'_> {
    /// Id of the input. Dots are not valid in every selector.
    pub(crate) fn id(&self) -> String {
        format!("gh-{}", self.name.replace(['.', '[', ']', ' '], "-"))
    }

    /// Ids of the elements that describe the input: the hint and the problems.
    fn described_by(&self, draft: &Draft<'_>) -> Option<String> {
        let id = self.id();
        let hint = (!self.hint.is_empty()).then(|| format!("{id}-hint"));
        let problems = draft.problems_of(self.name).next();
        let problems = problems.map(|_| format!("{id}-problems"));
        let ids: Vec<_> = hint.into_iter().chain(problems).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn is_invalid(&self, draft: &Draft<'_>) -> bool {
        draft.problems_of(self.name).next().is_some()
    }

    /// The field around its input: label, hint, input, problems.
    fn wrap(&self, request: &ConsoleRequest<'_>, draft: &Draft<'_>, input: &Markup) -> Markup {
        let id = self.id();
        html! {
            div.gh-field.gh-invalid[self.is_invalid(draft)] {
                label for=(id) { (self.label) }
                @if !self.hint.is_empty() { p.gh-hint #{ (id) "-hint" } { (self.hint) } }
                (input)
                (problem_list(request, &format!("{id}-problems"), draft.problems_of(self.name)))
            }
        }
    }
}

/// An input of one line. `kind` is `text`, `password`, `number`, `email` or `search`. A password
/// never contains its stored value.
pub(crate) fn text_input(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    field: Field<'_>,
    kind: &str,
    stored: &str,
) -> Markup {
    let is_password = kind == "password";
    let value = (!is_password).then(|| draft.text(field.name, stored));
    let is_number = kind == "number";
    let input = html! {
        @if is_password { (hidden(SECRET, field.name)) }
        input.gh-input #(field.id()) type=(if is_number { "text" } else { kind })
            inputmode=[is_number.then_some("decimal")]
            name=(field.name) value=[value] autocomplete=(if is_password { "new-password" } else { "off" })
            spellcheck="false"
            aria-describedby=[field.described_by(draft)]
            aria-invalid=[field.is_invalid(draft).then_some("true")];
    };
    field.wrap(request, draft, &input)
}

/// An input of several lines.
pub(crate) fn text_area(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    field: Field<'_>,
    stored: &str,
) -> Markup {
    let value = draft.text(field.name, stored);
    let rows = value.lines().count().clamp(3, 12);
    let input = html! {
        textarea.gh-input #(field.id()) name=(field.name) rows=(rows) dir="auto" spellcheck="false"
            aria-describedby=[field.described_by(draft)]
            aria-invalid=[field.is_invalid(draft).then_some("true")] {
            // A browser ignores the first line break.
            "\n" (value)
        }
    };
    field.wrap(request, draft, &input)
}

/// A selection of one option. A stored value without an option is kept as an option of its own.
pub(crate) fn select(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    field: Field<'_>,
    choices: &[Choice],
    stored: &str,
) -> Markup {
    let value = draft.text(field.name, stored);
    let is_known = choices.iter().any(|choice| choice.value == value);
    let input = html! {
        select.gh-input #(field.id()) name=(field.name)
            aria-describedby=[field.described_by(draft)]
            aria-invalid=[field.is_invalid(draft).then_some("true")] {
            @if !is_known { option value=(value) selected { (value) } }
            @for choice in choices {
                option value=(choice.value) selected[choice.value == value] { (choice.label) }
            }
        }
    };
    field.wrap(request, draft, &input)
}

/// A checkbox with its label beside it.
pub(crate) fn checkbox(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    field: Field<'_>,
    stored: bool,
) -> Markup {
    check(request, draft, field, stored, false)
}

/// A checkbox that switches something on or off, and looks like a switch.
pub(crate) fn switch(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    field: Field<'_>,
    stored: bool,
) -> Markup {
    check(request, draft, field, stored, true)
}

fn check(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    field: Field<'_>,
    stored: bool,
    is_switch: bool,
) -> Markup {
    let id = field.id();
    html! {
        div.gh-field.gh-check.gh-switch[is_switch].gh-invalid[field.is_invalid(draft)] {
            input #(id) type="checkbox" role=[is_switch.then_some("switch")] name=(field.name) value="true"
                checked[draft.is_checked(field.name, stored)]
                aria-describedby=[field.described_by(draft)];
            label for=(id) { (field.label) }
            @if !field.hint.is_empty() { p.gh-hint #{ (id) "-hint" } { (field.hint) } }
            (problem_list(request, &format!("{id}-problems"), draft.problems_of(field.name)))
        }
    }
}

/// A group of radio buttons. `field.label` is the group's legend.
pub(crate) fn radio(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    field: Field<'_>,
    choices: &[Choice],
    stored: &str,
) -> Markup {
    let (id, value) = (field.id(), draft.text(field.name, stored));
    html! {
        fieldset.gh-field.gh-radios.gh-invalid[field.is_invalid(draft)]
            aria-describedby=[field.described_by(draft)] {
            legend { (field.label) }
            @if !field.hint.is_empty() { p.gh-hint #{ (id) "-hint" } { (field.hint) } }
            @for choice in choices {
                label.gh-radio {
                    input type="radio" name=(field.name) value=(choice.value)
                        checked[choice.value == value];
                    span { (choice.label) }
                }
            }
            (problem_list(request, &format!("{id}-problems"), draft.problems_of(field.name)))
        }
    }
}

/// Name of the hidden inputs that name the secrets of a form. A secret is never shown again.
pub(crate) const SECRET: &str = "gh-secret";

/// A hidden input.
pub(crate) fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// The bar at the end of a form: the button that saves it, and the mark of unsaved changes, which
/// the script shows.
pub(crate) fn save_bar(request: &ConsoleRequest<'_>) -> Markup {
    let texts = &request.texts().common;
    html! {
        div.gh-save {
            button.gh-button.gh-primary type="submit" { (texts.save) }
            span.gh-unsaved { (texts.unsaved) }
        }
    }
}
