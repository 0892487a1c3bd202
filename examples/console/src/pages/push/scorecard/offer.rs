//! Lists of Greenhouse that the sections offer: custom fields, sources and rejection reasons.

use futures_util::future::join;
use serde_json::{Value, json};

use super::problems::reason;
use crate::{
    api::{ApiError, FieldChoice, FieldChoices, ReasonChoices, SourceChoices},
    parts::Choice,
    request::ConsoleRequest,
    texts::fill,
};

/// List to choose from, or the reason why the user must type a key or an id.
pub(in crate::pages::push) enum Offer<T> {
    List(Vec<T>),
    Typed(String),
}

impl<T> Offer<T> {
    fn of(read: Result<(Vec<T>, bool), ApiError>, failed: &str, truncated: &str) -> Self {
        match read {
            Ok((_, true)) => Self::Typed(truncated.to_owned()),
            Ok((rows, false)) => Self::List(rows),
            Err(error) => Self::Typed(fill(failed, &[("reason", &reason(&error))])),
        }
    }

    /// Reason why the user must type. `None` if there is a list.
    pub(in crate::pages::push) fn reason(&self) -> Option<&str> {
        match self {
            Self::List(_) => None,
            Self::Typed(reason) => Some(reason),
        }
    }
}

/// The custom fields, and the sources with their labels.
pub(super) async fn read(request: &ConsoleRequest<'_>) -> (Offer<FieldChoice>, Offer<Choice>) {
    let texts = &request.texts().scorecard;
    let paths = ["choices/fields", "choices/sources"].map(|path| request.list(path));
    let fields = request.api.get::<FieldChoices>(&paths[0]);
    let sources = request.api.get::<SourceChoices>(&paths[1]);
    let (fields, sources) = join(fields, sources).await;
    let fields = fields.map(|read| (read.fields, read.truncated));
    let sources = sources.map(|read| {
        let rows = read.sources.into_iter();
        let choices = rows.map(|row| of_kind(request, row.id, row.name, row.kind));
        (sorted(choices), read.truncated)
    });
    (
        Offer::of(fields, texts.fields_failed, texts.fields_truncated),
        Offer::of(sources, texts.sources_failed, texts.sources_truncated),
    )
}

/// The custom fields of applications that can show the status of a test, with their labels.
pub(in crate::pages::push) async fn status_fields(request: &ConsoleRequest<'_>) -> Offer<Choice> {
    let texts = &request.texts().scorecard;
    let path = request.list("choices/fields");
    let read = request.api.get::<FieldChoices>(&path).await;
    let read = read.map(|read| {
        let fitting = read.fields.into_iter().filter(|field| {
            field.on == APPLICATION && field.uses.iter().any(|usage| usage == STATUS)
        });
        let choices = fitting.map(|field| {
            let name = outside(field.name.as_deref().unwrap_or(&field.key));
            Choice::new(field.key, name)
        });
        (sorted(choices), read.truncated)
    });
    Offer::of(read, texts.fields_failed, texts.fields_truncated)
}

/// The rejection reasons with their labels.
pub(in crate::pages::push) async fn reasons(request: &ConsoleRequest<'_>) -> Offer<Choice> {
    let texts = &request.texts().results;
    let path = request.list("choices/rejection-reasons");
    let read = request.api.get::<ReasonChoices>(&path).await;
    let read = read.map(|read| {
        let rows = read.reasons.into_iter();
        let choices = rows.map(|row| of_kind(request, row.id, row.name, row.kind));
        (sorted(choices), read.truncated)
    });
    Offer::of(read, texts.reasons_failed, texts.reasons_truncated)
}

/// A row whose label is its name with its kind.
fn of_kind(
    request: &ConsoleRequest<'_>,
    id: u64,
    name: Option<String>,
    kind: Option<String>,
) -> Choice {
    let texts = &request.texts().scorecard;
    let id = id.to_string();
    let name = outside(name.as_deref().unwrap_or(&id));
    let label = match &kind {
        Some(kind) => {
            let kind = outside(kind);
            fill(texts.source_of_kind, &[("name", &name), ("kind", &kind)])
        }
        None => name,
    };
    Choice::new(id, label)
}

/// The custom fields that can hold a value. The first choice writes nothing.
pub(super) fn fitting(
    request: &ConsoleRequest<'_>,
    fields: &[FieldChoice],
    usage: &str,
) -> Vec<Choice> {
    let texts = &request.texts().scorecard;
    let fitting = fields
        .iter()
        .filter(|field| field.uses.iter().any(|own| own == usage));
    let choices = fitting.map(|field| {
        let name = outside(field.name.as_deref().unwrap_or(&field.key));
        let text = match field.on.as_str() {
            CANDIDATE => texts.field_on_candidate,
            _ => texts.field_on_application,
        };
        let value = format!("{}:{}", field.on, field.key);
        Choice::new(value, fill(text, &[("name", &name)]))
    });
    let nothing = Choice::new("", texts.not_written);
    std::iter::once(nothing).chain(sorted(choices)).collect()
}

/// A custom field as the value of an input, such as `candidate:score`. Empty for `null`.
pub(super) fn field_text(field: &Value) -> String {
    match (field["on"].as_str(), field["key"].as_str()) {
        (Some(on), Some(key)) => format!("{on}:{key}"),
        _ => String::new(),
    }
}

/// Value of an input as the settings member of a custom field. A key without an owner belongs to
/// an application.
pub(super) fn field_of_text(text: &str) -> Value {
    let (on, key) = match text.split_once(':') {
        Some((on @ (APPLICATION | CANDIDATE), key)) => (on, key.trim()),
        _ => (APPLICATION, text),
    };
    match text {
        "" => Value::Null,
        _ => json!({ "on": on, "key": key }),
    }
}

/// Choices in the order of their labels, because Greenhouse lists the newest first.
fn sorted(choices: impl Iterator<Item = Choice>) -> Vec<Choice> {
    let mut choices: Vec<_> = choices.collect();
    choices.sort_by_cached_key(|choice| choice.label.to_lowercase());
    choices
}

/// A name from outside inside a text. The isolates keep a right-to-left name from reordering the
/// words around it.
fn outside(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}

const STATUS: &str = "status";
const APPLICATION: &str = "application";
const CANDIDATE: &str = "candidate";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_written_and_read_as_text() {
        for (text, field) in [
            ("", Value::Null),
            (
                "application:score",
                json!({"on": "application", "key": "score"}),
            ),
            (
                "candidate:score",
                json!({"on": "candidate", "key": "score"}),
            ),
            (
                "application:a:b",
                json!({"on": "application", "key": "a:b"}),
            ),
        ] {
            assert_eq!(field_of_text(text), field, "{text}");
            assert_eq!(field_text(&field), text);
        }
        for (text, field) in [
            ("score", json!({"on": "application", "key": "score"})),
            (
                "job:score",
                json!({"on": "application", "key": "job:score"}),
            ),
            ("candidate:", json!({"on": "candidate", "key": ""})),
        ] {
            assert_eq!(field_of_text(text), field, "{text}");
        }
    }
}
