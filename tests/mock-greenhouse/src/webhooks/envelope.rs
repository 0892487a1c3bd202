use std::fmt::Write;

use serde::Serialize;
use serde_json::Value;

use crate::config::Organization;

/// Returns the escaped body of a delivery, with `organization_id` and `organization_name` before
/// `action` (observed live).
pub(super) fn body(organization: &Organization, action: &str, payload: &Value) -> Option<String> {
    let root = Root {
        organization_id: organization.id,
        organization_name: &organization.name,
        action,
        payload,
    };
    serde_json::to_string(&root).ok().map(|json| escape(&json))
}

#[derive(Serialize)]
struct Root<'a> {
    organization_id: i64,
    organization_name: &'a str,
    action: &'a str,
    payload: &'a Value,
}

/// Escapes non-ASCII and markup characters as `\uXXXX`. Greenhouse does this before signing
/// (documented).
///
/// These characters occur only inside JSON strings, so the text need not be parsed.
fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() && !matches!(character, '<' | '>' | '&') {
            escaped.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_and_non_ascii_are_escaped_without_changing_the_value() {
        let cases = [
            (r#"{"a":"<b>&"}"#, r#"{"a":"\u003cb\u003e\u0026"}"#),
            (r#"{"a":"Zoë"}"#, r#"{"a":"Zo\u00eb"}"#),
            (r#"{"a":"🙂"}"#, r#"{"a":"\ud83d\ude42"}"#),
            (
                r#"{"a":"plain \"quoted\" \\ text"}"#,
                r#"{"a":"plain \"quoted\" \\ text"}"#,
            ),
        ];
        for (json, wanted) in cases {
            assert_eq!(escape(json), wanted);
            let (before, after): (serde_json::Value, serde_json::Value) = (
                serde_json::from_str(json).unwrap(),
                serde_json::from_str(wanted).unwrap(),
            );
            assert_eq!(before, after);
        }
    }
}
