use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::{Section, View};
use crate::{
    form::Form,
    parts::{Field, problem_summary, save_bar, text_input},
};

/// The four bounds of the recommendations.
pub(super) fn markup(view: &View<'_>) -> Markup {
    let request = view.request;
    let texts = &request.texts().assessments;
    let draft = view.draft(Section::Thresholds);
    let labels = [texts.strong_yes, texts.yes, texts.mixed, texts.no];
    let fields = FIELDS.into_iter().zip(labels);
    html! {
        p { (texts.thresholds_lead) }
        form method="post" action=(request.link("assessments/thresholds"))
            data-guard=(draft.guard()) data-partial {
            (view.stale(Section::Thresholds))
            (problem_summary(request, draft, &FIELDS.map(|(name, _)| name)))
            (view.version_field())
            div.gh-fields {
                @for ((name, member), label) in fields {
                    @let stored = shown(&view.settings["thresholds"][member]);
                    (text_input(request, draft, Field { name, label, hint: "" }, "number", &stored))
                }
            }
            (save_bar(request))
        }
    }
}

pub(super) fn change(form: &Form, settings: &mut Value) {
    let bounds = FIELDS.map(|(name, member)| {
        let typed = form.get(name).unwrap_or_default();
        (member.to_owned(), number(typed))
    });
    settings["thresholds"] = Value::Object(Map::from_iter(bounds));
}

/// A typed number. A text that is not a number stays a text, which the endpoint refuses with its
/// reason.
fn number(typed: &str) -> Value {
    match typed.replace(',', ".").parse::<f64>() {
        Ok(number) if number.is_finite() => json!(number),
        _ => json!(typed),
    }
}

/// A stored number as a person writes it, such as `80` instead of `80.0`.
fn shown(number: &Value) -> String {
    number
        .as_f64()
        .map(|number| number.to_string())
        .unwrap_or_default()
}

/// Inputs and their members of `thresholds`.
const FIELDS: [(&str, &str); 4] = [
    ("thresholds.strong_yes", "strong_yes"),
    ("thresholds.yes", "yes"),
    ("thresholds.mixed", "mixed"),
    ("thresholds.no", "no"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_shown_as_people_write_them() {
        for (typed, expected, again) in [
            ("80", json!(80.0), "80"),
            ("72,5", json!(72.5), "72.5"),
            ("72.5", json!(72.5), "72.5"),
            ("", json!(""), ""),
            ("many", json!("many"), ""),
            ("inf", json!("inf"), ""),
        ] {
            let number = number(typed);
            assert_eq!(number, expected, "{typed}");
            assert_eq!(shown(&number), again, "{typed}");
        }
    }
}
