//! Parsing of control requests, with errors in terms of the request.

use serde::Deserializer;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::Path;

/// Deserializes a value. The error contains the member and the reason.
pub(super) fn parse<'de, T, D>(deserializer: D) -> Result<T, String>
where
    T: DeserializeOwned,
    D: Deserializer<'de, Error = serde_json::Error>,
{
    serde_path_to_error::deserialize(deserializer)
        .map_err(|error| describe(error.path(), error.inner()))
}

fn describe(path: &Path, error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = match text.rsplit_once(" at line ") {
        Some((message, _)) => message,
        None => &text,
    };
    let position = match error.line() {
        0 => String::new(),
        line => format!(" (line {line}, column {})", error.column()),
    };
    let reason = match error.classify() {
        Category::Data => reason(message),
        _ => format!("not JSON: {message}"),
    };
    match path.to_string().as_str() {
        "" | "." | "?" => format!("{reason}{position}"),
        member => format!("{member}: {reason}{position}"),
    }
}

/// Rewrites the message of a wrong value in terms of the request.
fn reason(message: &str) -> String {
    for lead in ["invalid type: ", "invalid value: "] {
        let mismatch = message.strip_prefix(lead);
        if let Some((got, expected)) = mismatch.and_then(|rest| rest.rsplit_once(", expected ")) {
            return format!("expected {}, got {got}", expected_name(expected));
        }
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let (got, expected) = rest.split_once(", ").unwrap_or((rest, "expected no value"));
        return format!("{expected}, got {got}");
    }
    if let Some(rest) = message.strip_prefix("unknown field ") {
        return format!("unknown member {rest}");
    }
    if let Some(name) = message.strip_prefix("missing field ") {
        return format!("{name} is missing");
    }
    if let Some(name) = message.strip_prefix("duplicate field ") {
        return format!("{name} is set twice");
    }
    message.to_owned()
}

fn expected_name(expected: &str) -> &str {
    match expected.split_once(' ').map_or(expected, |parts| parts.0) {
        "struct" | "internally" | "adjacently" => "an object",
        "tuple" => "an array",
        "enum" | "variant" | "string" => "a string",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        _ => match expected {
            "a sequence" => "an array",
            "a map" => "an object",
            _ => expected,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Form {
        name: String,
        count: u32,
        word: Option<Word>,
        inner: Option<Inner>,
        list: Vec<u8>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Inner {
        id: i64,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        One,
        Two,
    }

    #[test]
    fn errors_are_in_terms_of_the_request() {
        for (json, expected) in [
            (
                r#"{"word": "three"}"#,
                "word: expected `one` or `two`, got `three` (line 1, column 16)",
            ),
            (
                r#"{"nme": 1}"#,
                "nme: unknown member `nme`, expected one of `name`, `count`, `word`, `inner`, \
                 `list` (line 1, column 6)",
            ),
            (
                r#"{"inner": {}}"#,
                "inner: `id` is missing (line 1, column 12)",
            ),
            (
                r#"{"inner": 1}"#,
                "inner: expected an object, got integer `1` (line 1, column 11)",
            ),
            (
                r#"{"count": -1}"#,
                "count: expected a whole number, 0 or more, got integer `-1` (line 1, column 12)",
            ),
            (
                r#"{"list": 1}"#,
                "list: expected an array, got integer `1` (line 1, column 10)",
            ),
            (
                r#"{"name": "a", "name": "b"}"#,
                "`name` is set twice (line 1, column 20)",
            ),
            (
                "{",
                "not JSON: EOF while parsing an object (line 1, column 1)",
            ),
        ] {
            let mut deserializer = serde_json::Deserializer::from_str(json);
            let error = parse::<Form, _>(&mut deserializer).unwrap_err();
            assert_eq!(error, expected, "{json}");
        }
        let value = serde_json::json!({ "word": "three" });
        let error = parse::<Form, _>(value).unwrap_err();
        assert_eq!(error, "word: expected `one` or `two`, got `three`");
    }
}
