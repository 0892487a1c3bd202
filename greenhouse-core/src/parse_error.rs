//! Readable errors for documents that serde could not deserialize.

use serde::de::DeserializeOwned;

/// Format of the document that could not be deserialized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// JSON.
    Json,
    /// TOML.
    Toml,
}

/// Parses a JSON document that contains no secret.
///
/// # Errors
///
/// A message for the sender: the path of the invalid member, if known, and the reason.
pub fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    let describe_json =
        |error: &serde_json::Error| describe(&error.to_string(), Format::Json, false);
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let read = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let reason = describe_json(error.inner());
        match error.path().to_string().as_str() {
            "" | "." | "?" => reason,
            member => format!("{member}: {reason}"),
        }
    })?;
    deserializer.end().map_err(|error| describe_json(&error))?;
    Ok(read)
}

/// Rewrites the message of a deserialization error in terms of the document instead of Rust types:
/// what is expected, and what was found.
///
/// Quotes nothing from the document except numbers, booleans, unknown words where fixed words are
/// expected, and names of unknown members. With `secret`, quotes only booleans and, in TOML, names.
pub fn describe(message: &str, format: Format, secret: bool) -> String {
    let (message, position) = split_position(message);
    let mut text = reason(message, format, secret);
    if let Some((line, column)) = position.filter(|_| format == Format::Json) {
        text.push_str(&format!(" (line {line}, column {column})"));
    }
    text
}

fn reason(message: &str, format: Format, secret: bool) -> String {
    for lead in ["invalid type: ", "invalid value: "] {
        let mismatch = message.strip_prefix(lead);
        if let Some((found, expected)) = mismatch.and_then(|rest| rest.rsplit_once(", expected ")) {
            let found = describe_found(found, format, secret);
            return format!(
                "expected {}, got {found}",
                describe_expected(expected, format)
            );
        }
    }
    if let Some(rest) = message.strip_prefix("invalid length ")
        && let Some((length, expected)) = rest.split_once(", expected ")
    {
        let list = match format {
            Format::Json => "an array of length",
            Format::Toml => "a list of length",
        };
        let expected = expected.replace("a tuple of size", list);
        return format!("expected {expected}, got length {length}");
    }
    if let Some(name) = message.strip_prefix("missing field ") {
        return format!("{name} is missing");
    }
    if let Some(name) = message.strip_prefix("duplicate field ") {
        return format!("{name} is set twice");
    }
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let (name, expected) = rest.split_once(", ").unwrap_or((rest, "expected none"));
        let expected = expected.replace("there are no fields", "expected none");
        return match format {
            Format::Toml => format!("unknown setting {name}, {expected}"),
            Format::Json if secret => format!("unknown member, {expected}"),
            Format::Json => format!("unknown member {name}, {expected}"),
        };
    }
    if let Some(rest) = message.strip_prefix("unknown variant") {
        let (found, expected) = rest.split_once(", ").unwrap_or(("", rest));
        let found = found.trim().trim_matches('`');
        return match found.is_empty() || secret {
            true => expected.to_owned(),
            false => format!("{expected}, got {found:?}"),
        };
    }
    let known = JSON_SYNTAX_ERRORS
        .iter()
        .find(|(json, _)| message.starts_with(json));
    known.map_or(message, |known| known.1).to_owned()
}

/// Splits the position off a message from serde_json, which ends in `at line 1 column 2`.
fn split_position(message: &str) -> (&str, Option<(u64, u64)>) {
    let position = || {
        let (message, position) = message.rsplit_once(" at line ")?;
        let (line, column) = position.split_once(" column ")?;
        Some((message, (line.parse().ok()?, column.parse().ok()?)))
    };
    match position() {
        Some((message, position)) => (message, Some(position)),
        None => (message, None),
    }
}

fn describe_expected(expected: &str, format: Format) -> &str {
    let (text, list, table) = match format {
        Format::Json => ("a string", "an array", "an object"),
        Format::Toml => (
            "text in quotes",
            "a list in square brackets",
            "a table in curly brackets",
        ),
    };
    match expected {
        "a string" | "string" => text,
        "a boolean" => "`true` or `false`",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a sequence" => list,
        "a map" => table,
        _ => match expected.split_once(' ').map(|(kind, _)| kind) {
            Some("struct" | "internally" | "adjacently") => table,
            Some("tuple") => list,
            Some("enum" | "variant") => text,
            _ => expected,
        },
    }
}

fn describe_found(found: &str, format: Format, secret: bool) -> String {
    let value = found
        .split_once('`')
        .map(|(_, rest)| rest.trim_end_matches('`'));
    let kind = found.split(' ').next().unwrap_or_default();
    let (text, list, table) = match format {
        Format::Json => ("a string", "an array", "an object"),
        Format::Toml => ("text", "a list", "a table"),
    };
    match (kind, value) {
        ("integer" | "floating", Some(number)) if !secret => format!("the number {number}"),
        ("integer" | "floating" | "number", _) => "a number".to_owned(),
        ("boolean", Some(value)) => format!("`{value}`"),
        ("string" | "character", _) => text.to_owned(),
        ("a", _) if found.starts_with("a string") => text.to_owned(),
        ("sequence", _) => list.to_owned(),
        ("map", _) => table.to_owned(),
        ("null" | "unit", _) => "`null`".to_owned(),
        ("date" | "datetime", _) => "a date".to_owned(),
        _ => "another type".to_owned(),
    }
}

/// Syntax errors of serde_json, by the beginning of their message.
const JSON_SYNTAX_ERRORS: [(&str, &str); 15] = [
    (
        "EOF while parsing a list",
        "not JSON: an array has no closing `]`",
    ),
    (
        "EOF while parsing an object",
        "not JSON: an object has no closing `}`",
    ),
    (
        "EOF while parsing a string",
        "not JSON: a string has no closing quote",
    ),
    (
        "EOF while parsing a value",
        "not JSON: the document ends where a value is expected",
    ),
    ("expected `:`", "not JSON: expected `:` after a member name"),
    (
        "expected `,` or `]`",
        "not JSON: expected `,` or `]` in an array",
    ),
    (
        "expected `,` or `}`",
        "not JSON: expected `,` or `}` in an object",
    ),
    (
        "expected ident",
        "not JSON: expected `true`, `false` or `null`",
    ),
    (
        "expected value",
        "not JSON: expected a value; strings need quotes",
    ),
    (
        "key must be a string",
        "not JSON: member names need double quotes",
    ),
    (
        "trailing comma",
        "not JSON: remove the comma before the closing bracket",
    ),
    (
        "trailing characters",
        "not JSON: unexpected text after the document",
    ),
    ("invalid number", "not JSON: invalid number"),
    (
        "invalid escape",
        "not JSON: invalid escape sequence in a string",
    ),
    (
        "control character",
        "not JSON: line breaks and tabs in strings must be escaped",
    ),
];

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[test]
    fn describes_json_errors() {
        for (json, expected) in [
            (
                r#"{"table": "canary"}"#,
                "expected an object, got a string (line 1, column 18)",
            ),
            (r#"{"table": {}}"#, "`text` is missing (line 1, column 12)"),
            (
                r#"{"text": null}"#,
                "expected a string, got `null` (line 1, column 13)",
            ),
            (
                r#"{"text": "a", "text": "b"}"#,
                "`text` is set twice (line 1, column 20)",
            ),
            (
                r#"{"list": 7, "other": 1}"#,
                "expected an array, got the number 7 (line 1, column 10)",
            ),
            (
                r#"{"pair": [1]}"#,
                "expected an array of length 2, got length 1 (line 1, column 12)",
            ),
            (
                r#"{"other": 1}"#,
                "unknown member `other`, expected one of `text`, `number`, `flag`, `list`, \
                 `table`, `word`, `pair` (line 1, column 8)",
            ),
            (
                "{",
                "not JSON: an object has no closing `}` (line 1, column 1)",
            ),
            (
                r#"{"list": [1"#,
                "not JSON: an array has no closing `]` (line 1, column 11)",
            ),
            (
                "{'a': 1}",
                "not JSON: member names need double quotes (line 1, column 2)",
            ),
            (
                r#"{"text": canary}"#,
                "not JSON: expected a value; strings need quotes (line 1, column 10)",
            ),
            (
                r#"{"number": 1,}"#,
                "not JSON: remove the comma before the closing bracket (line 1, column 14)",
            ),
            (
                r#"{"number": 1} canary"#,
                "not JSON: unexpected text after the document (line 1, column 15)",
            ),
            (
                "",
                "not JSON: the document ends where a value is expected (line 1, column 0)",
            ),
        ] {
            let error = serde_json::from_str::<Document>(json).unwrap_err();
            assert_eq!(
                describe(&error.to_string(), Format::Json, false),
                expected,
                "{json}"
            );
        }
    }

    #[test]
    fn hides_secrets() {
        for (json, expected) in [
            (r#"{"text": 93355512}"#, "expected a string, got a number"),
            (r#"{"word": "canary"}"#, "expected `one` or `two`"),
            (r#"{"canary": 1}"#, "unknown member, expected one of"),
            (r#"{"table": {"canary": 1}}"#, "`text` is missing"),
        ] {
            let error = serde_json::from_str::<Document>(json).unwrap_err();
            let text = describe(&error.to_string(), Format::Json, true);
            assert!(text.starts_with(expected), "{json}: {text}");
            assert!(!text.contains("canary"), "{json}: {text}");
        }
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Document {
        text: String,
        number: u32,
        flag: bool,
        list: Vec<u8>,
        table: Option<Table>,
        word: Option<Word>,
        pair: Option<(u8, u8)>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Table {
        text: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        One,
        Two,
    }
}
