mod clearing;

use serde_json::{Map, Value};

use self::clearing::Clearing;

pub(crate) use self::clearing::MAX_READ;

/// Redacted texts from an error body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) message: Option<String>,
    pub(crate) errors: Vec<String>,
}

/// Reads an error body of any shape.
///
/// Observed: `message` and `errors` are each absent or present; `errors` is a string, or an array
/// of strings, of one-key objects or of objects with `message` and `field`. A body that is not
/// JSON, or too long for an error, is ignored. `withheld` are texts from the request, which are
/// redacted if the response repeats them.
pub(crate) fn read(body: &[u8], withheld: &[String]) -> Problem {
    if body.len() > MAX_BODY {
        return Problem::default();
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return Problem::default();
    };
    let clearing = Clearing::of(withheld);
    let message = members.get("message").and_then(Value::as_str);
    let errors = match members.get("errors") {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items.iter().filter_map(one).take(MAX_ERRORS).collect(),
        Some(Value::Object(fields)) => fields.iter().filter_map(named).take(MAX_ERRORS).collect(),
        _ => Vec::new(),
    };
    Problem {
        message: message.map(|text| clearing.clear(text)),
        errors: errors.iter().map(|text| clearing.clear(text)).collect(),
    }
}

fn one(item: &Value) -> Option<String> {
    match item {
        Value::String(text) => Some(text.clone()),
        Value::Object(members) => {
            let text = |name| members.get(name).and_then(Value::as_str);
            match (text("field"), text("message")) {
                (Some(field), Some(message)) => Some(format!("{field}: {message}")),
                (None, Some(message)) => Some(message.to_owned()),
                _ => first_named(members),
            }
        }
        _ => None,
    }
}

fn first_named(members: &Map<String, Value>) -> Option<String> {
    members.iter().find_map(named)
}

fn named((name, value): (&String, &Value)) -> Option<String> {
    let text = match value {
        Value::Array(items) => items.first()?.as_str()?,
        value => value.as_str()?,
    };
    Some(format!("{name}: {text}"))
}

const MAX_BODY: usize = 256 * 1024;
const MAX_ERRORS: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_observed_shape() {
        let cases: &[(&str, Option<&str>, &[&str])] = &[
            ("", None, &[]),
            ("{}", None, &[]),
            ("<html>", None, &[]),
            ("[1]", None, &[]),
            (r#"{"message":"Forbidden"}"#, Some("Forbidden"), &[]),
            (
                r#"{"message":"Resource not found","errors":"Application not found"}"#,
                Some("Resource not found"),
                &["Application not found"],
            ),
            (
                r#"{"message":"Unprocessable Content","errors":["Invalid query params: x"]}"#,
                Some("Unprocessable Content"),
                &["Invalid query params: x"],
            ),
            (
                r#"{"errors":[{"per_page":"`600` number is greater than: 500"},7]}"#,
                None,
                &["per_page: `600` number is greater than: 500"],
            ),
            (
                r#"{"errors":[{"message":"is invalid","field":"job_id"}]}"#,
                None,
                &["job_id: is invalid"],
            ),
        ];
        for (body, message, errors) in cases {
            let problem = read(body.as_bytes(), &[]);
            assert_eq!(problem.message.as_deref(), *message, "{body}");
            assert_eq!(problem.errors, *errors, "{body}");
        }
    }

    #[test]
    fn reads_unknown_shapes_without_failing() {
        let deep = format!(
            r#"{{"message":"m","errors":{}1{}}}"#,
            "[".repeat(9_000),
            "]".repeat(9_000)
        );
        let many = format!(r#"{{"errors":[7,"e",{}"e"]}}"#, r#""e","#.repeat(10_000));
        let long = format!(r#"{{"message":"m{}"}}"#, " ".repeat(MAX_BODY));
        let cases: &[(&[u8], Option<&str>, usize)] = &[
            (br#"{"message":["a"],"errors":7}"#, None, 0),
            (br#"{"message":"a","message":"b"}"#, Some("b"), 0),
            (br#"{"errors":{"email":["is taken"],"x":{}}}"#, None, 1),
            (b"{\"message\":\"caf\xe9\"}", None, 0),
            (br#"{"message":"\ud800"}"#, None, 0),
            (deep.as_bytes(), None, 0),
            (many.as_bytes(), None, MAX_ERRORS),
            (long.as_bytes(), None, 0),
        ];
        for (body, message, errors) in cases {
            let problem = read(body, &[]);
            assert_eq!(problem.message.as_deref(), *message);
            assert_eq!(problem.errors.len(), *errors, "{problem:?}");
        }
    }
}
