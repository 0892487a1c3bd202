//! The table of the traits and their custom fields. The last row is empty, to add a trait.

use std::collections::BTreeSet;

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::offer::{Offer, field_of_text, field_text, fitting};
use crate::{
    api::{FieldChoice, Problem},
    draft::Draft,
    form::Form,
    parts::{Choice, problem_list},
    request::ConsoleRequest,
    texts::{ScorecardTexts, fill},
};

/// Row of the table.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: String,
    /// The custom field as the value of its input.
    field: String,
    is_removed: bool,
}

impl Row {
    fn is_empty(&self) -> bool {
        self.name.is_empty() && self.field.is_empty()
    }

    /// Path of the settings member.
    fn member(&self) -> String {
        format!("{MEMBER}.{}", self.name)
    }
}

/// Rows of a form, in its order.
fn of_form(form: &Form) -> Vec<Row> {
    let removed: Vec<&str> = form.all(REMOVE).collect();
    let fields = form.all(FIELD).chain(std::iter::repeat(""));
    let rows = (0..).zip(form.all(NAME).zip(fields));
    let rows = rows.map(|(index, (name, field)): (usize, _)| Row {
        name: name.to_owned(),
        field: field.to_owned(),
        is_removed: removed.contains(&index.to_string().as_str()),
    });
    rows.filter(|row| !row.is_empty()).collect()
}

/// Returns the settings member from a form.
pub(super) fn change(form: &Form) -> Value {
    let rows = of_form(form).into_iter().filter(|row| !row.is_removed);
    let fields = rows.map(|row| {
        let field = match field_of_text(&row.field) {
            // The endpoint reports a row without a field, because it has no key.
            Value::Null => field_of_text(WITHOUT_KEY),
            field => field,
        };
        (row.name, field)
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

/// Problems that the endpoint cannot see, because an object holds each name once.
pub(super) fn problems(texts: &ScorecardTexts, form: &Form) -> Vec<Problem> {
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for row in of_form(form).iter().filter(|row| !row.is_removed) {
        if !known.insert(row.name.clone()) {
            found.push(Problem {
                member: row.member(),
                code: "field_twice".to_owned(),
                message: fill(texts.trait_twice, &[("name", &row.name)]),
                remedy: Some(texts.trait_twice_remedy.to_owned()),
                scope: None,
            });
        }
    }
    found
}

pub(super) fn markup(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    stored: &Value,
    offer: &Offer<FieldChoice>,
) -> Markup {
    let texts = &request.texts().scorecard;
    let mut rows = match draft.form() {
        Some(form) => of_form(form),
        None => of_settings(stored),
    };
    rows.push(Row {
        name: String::new(),
        field: String::new(),
        is_removed: false,
    });
    let choices = match offer {
        Offer::List(fields) => Some(fitting(request, fields, "trait")),
        Offer::Typed(_) => None,
    };
    html! {
        p.gh-hint { (texts.traits_hint) }
        table.gh-traits {
            caption { (texts.traits) }
            thead {
                tr {
                    th scope="col" { (texts.column_trait) }
                    th scope="col" { (texts.column_field) }
                    th scope="col" { (texts.column_remove) }
                }
            }
            tbody {
                @for (index, row) in rows.iter().enumerate() {
                    (row_markup(request, draft, index, row, choices.as_deref()))
                }
            }
        }
    }
}

fn row_markup(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    index: usize,
    row: &Row,
    choices: Option<&[Choice]>,
) -> Markup {
    let texts = &request.texts().scorecard;
    let member = row.member();
    // A name can contain a dot, and then looks like a member below another row.
    let own = || {
        let below = draft.problems_of(&member);
        below.filter(|problem| !row.is_empty() && problem.member == member)
    };
    let is_invalid = own().next().is_some();
    let (id, number) = (format!("gh-trait-{index}"), (index + 1).to_string());
    let label = |text: &str| fill(text, &[("number", &number)]);
    let described_by = is_invalid.then(|| format!("{id}-problems"));
    let invalid = is_invalid.then_some("true");
    html! {
        tr.gh-invalid[is_invalid] {
            td {
                input.gh-input #{ (id) "-name" } type="text" name=(NAME) value=(row.name) dir="auto"
                    autocomplete="off" spellcheck="false" aria-label=(label(texts.trait_name))
                    aria-describedby=[described_by.as_deref()] aria-invalid=[invalid];
                (problem_list(request, &format!("{id}-problems"), own()))
            }
            td {
                @if let Some(choices) = choices {
                    @let is_known = choices.iter().any(|choice| choice.value == row.field);
                    select.gh-input #{ (id) "-field" } name=(FIELD)
                        aria-label=(label(texts.trait_field))
                        aria-describedby=[described_by.as_deref()] aria-invalid=[invalid] {
                        @if !is_known { option value=(row.field) selected { (row.field) } }
                        @for choice in choices {
                            option value=(choice.value) selected[choice.value == row.field] {
                                (choice.label)
                            }
                        }
                    }
                } @else {
                    input.gh-input #{ (id) "-field" } type="text" name=(FIELD) value=(row.field)
                        autocomplete="off" spellcheck="false" aria-label=(label(texts.trait_field))
                        aria-describedby=[described_by.as_deref()] aria-invalid=[invalid];
                }
            }
            td {
                @if !row.is_empty() {
                    input #{ (id) "-remove" } type="checkbox" name=(REMOVE) value=(index)
                        checked[row.is_removed] aria-label=(label(texts.trait_remove));
                }
            }
        }
    }
}

/// Stored rows, in the order of their names.
fn of_settings(stored: &Value) -> Vec<Row> {
    let rows = stored.as_object().into_iter().flatten();
    let rows = rows.map(|(name, field)| Row {
        name: name.clone(),
        field: field_text(field),
        is_removed: false,
    });
    rows.collect()
}

pub(super) const MEMBER: &str = "fields.traits";
const NAME: &str = "trait.name";
const FIELD: &str = "trait.field";
const REMOVE: &str = "trait.remove";
const WITHOUT_KEY: &str = "application:";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_added_and_removed() {
        let form = Form::parse(
            b"trait.name=Grit&trait.field=candidate:grit&trait.name=Old&trait.field=old\
              &trait.remove=1&trait.name=New&trait.field=&trait.name=&trait.field=",
        );
        assert_eq!(
            change(&form),
            json!({
                "Grit": {"on": "candidate", "key": "grit"},
                "New": {"on": "application", "key": ""},
            })
        );
    }

    #[test]
    fn a_name_that_two_rows_have_is_reported_unless_one_is_removed() {
        let twice = "trait.name=Grit&trait.field=a&trait.name=Grit&trait.field=b";
        for (form, expected) in [
            (twice.to_owned(), vec!["fields.traits.Grit"]),
            (format!("{twice}&trait.remove=0"), vec![]),
        ] {
            let form = Form::parse(form.as_bytes());
            let found = problems(&ScorecardTexts::ENGLISH, &form);
            let members: Vec<_> = found
                .iter()
                .map(|problem| problem.member.as_str())
                .collect();
            assert_eq!(members, expected);
        }
    }
}
