use serde_json::Value;

/// What an error body says, cleared of what must not be shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) message: Option<String>,
    pub(super) errors: Vec<String>,
}

/// Reads an error body of any shape.
///
/// Observed: `message` and `errors` each absent or present, `errors` a string, or an array of strings, of one-key objects
/// or of objects with `message` and `field`. What is not JSON is passed over. `withheld` are texts of the request that
/// the answer may repeat.
pub(super) fn read(body: &[u8], withheld: &[String]) -> Problem {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return Problem::default();
    };
    let clear = |text: &str| clear(text, withheld);
    let message = members.get("message").and_then(Value::as_str).map(clear);
    let errors = match members.get("errors") {
        Some(Value::String(text)) => vec![clear(text)],
        Some(Value::Array(items)) => items
            .iter()
            .take(MAX_ERRORS)
            .filter_map(one)
            .map(|text| clear(&text))
            .collect(),
        _ => Vec::new(),
    };
    Problem { message, errors }
}

fn one(item: &Value) -> Option<String> {
    match item {
        Value::String(text) => Some(text.clone()),
        Value::Object(members) => {
            let text = |name| members.get(name).and_then(Value::as_str);
            match (text("field"), text("message")) {
                (Some(field), Some(message)) => Some(format!("{field}: {message}")),
                (None, Some(message)) => Some(message.to_owned()),
                _ => members
                    .iter()
                    .find_map(|(name, value)| Some(format!("{name}: {}", value.as_str()?))),
            }
        }
        _ => None,
    }
}

fn clear(text: &str, withheld: &[String]) -> String {
    // What is withheld is longer than what is shown, so the short cut comes last.
    let is_cut = text.chars().nth(MAX_READ).is_some();
    let mut text: String = text.chars().take(MAX_READ).collect();
    for secret in withheld {
        text = without(&text, secret, is_cut);
    }
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| {
            if word.contains('@') || word.contains("://") {
                WITHHELD
            } else {
                word
            }
        })
        .collect();
    words.join(" ").chars().take(MAX_TEXT).collect()
}

/// The text with each occurrence of `secret` withheld, whatever its letter case; of a text that is cut, also one that the
/// cut has left the beginning of.
fn without(text: &str, secret: &str, is_cut: bool) -> String {
    let secret = secret.trim();
    if secret.chars().count() < 2 {
        return text.to_owned();
    }
    let lower = secret.to_lowercase();
    let mut cleared = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let found = match rest.get(..secret.len()) {
            Some(start) => start.to_lowercase() == lower,
            None => is_cut && lower.starts_with(&rest.to_lowercase()),
        };
        let (piece, length) = if found {
            (WITHHELD, secret.len().min(rest.len()))
        } else {
            (
                rest.get(..first.len_utf8()).unwrap_or_default(),
                first.len_utf8(),
            )
        };
        cleared.push_str(piece);
        rest = rest.get(length..).unwrap_or_default();
    }
    cleared
}

/// In characters.
const MAX_READ: usize = 4096;
const MAX_TEXT: usize = 300;
const MAX_ERRORS: usize = 10;
const WITHHELD: &str = "[withheld]";

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
    fn withholds_what_is_longer_than_what_is_shown() {
        let line = format!("Canary {}", "did badly and ".repeat(40));
        let once = format!("body: {line} is invalid");
        let beyond_the_cut = format!("{line} {}", line.repeat(8));
        for (text, shown) in [
            (&once, "body: [withheld] is invalid"),
            (&beyond_the_cut, "[withheld]"),
        ] {
            let body = serde_json::json!({"errors": [text]}).to_string();
            let problem = read(body.as_bytes(), std::slice::from_ref(&line));
            let [error] = problem.errors.as_slice() else {
                panic!("{problem:?}");
            };
            assert!(error.starts_with(shown), "{error}");
            assert!(
                !error.contains("Canary") && !error.contains("badly"),
                "{error}"
            );
        }
    }

    #[test]
    fn withholds_people_and_addresses() {
        let body = r#"{"message":"mira@example.org is taken","errors":["Ökafor, MIRA of https://x.example/?t=1 exists"]}"#;
        let withheld = ["Mira".to_owned(), "ökafor".to_owned(), "x".to_owned()];
        let problem = read(body.as_bytes(), &withheld);
        assert_eq!(problem.message.as_deref(), Some("[withheld] is taken"));
        assert_eq!(
            problem.errors,
            ["[withheld], [withheld] of [withheld] exists"]
        );
    }
}
