//! Messages of serde, TOML and JSON in the words of an operator.

/// Syntax of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Toml,
    Json,
}

/// Returns the message of a deserialization error without words of Rust: what is expected, and what
/// was found. Text of the document is never repeated; a number or boolean is, unless `secret`.
pub(crate) fn describe(message: &str, syntax: Syntax, secret: bool) -> String {
    let (message, position) = split_position(message);
    let mut text = reason(message, syntax, secret);
    if let Some((line, column)) = position.filter(|_| syntax == Syntax::Json) {
        text.push_str(&format!(" (line {line}, column {column})"));
    }
    text
}

/// Returns the message of a TOML syntax error. It quotes no text of the file.
pub(crate) fn describe_toml_syntax(message: &str) -> &str {
    let first = message.lines().next().unwrap_or_default();
    let first = first
        .split_once(", expected")
        .map_or(first, |parts| parts.0);
    let mut known = TOML_SYNTAX_ERRORS.iter();
    let known = known.find(|known| first.starts_with(known.0));
    known.map_or(first, |known| known.1)
}

fn reason(message: &str, syntax: Syntax, secret: bool) -> String {
    for lead in ["invalid type: ", "invalid value: "] {
        let mismatch = message.strip_prefix(lead);
        if let Some((found, expected)) = mismatch.and_then(|rest| rest.rsplit_once(", expected ")) {
            let found = describe_found(found, syntax, secret);
            return format!(
                "expected {}, got {found}",
                describe_expected(expected, syntax)
            );
        }
    }
    if let Some(rest) = message.strip_prefix("invalid length ")
        && let Some((length, expected)) = rest.split_once(", expected ")
    {
        let expected = expected.replace("a tuple of size", "a list of length");
        return format!("expected {expected}, got length {length}");
    }
    if let Some(name) = message.strip_prefix("missing field ") {
        return format!("{name} is missing");
    }
    if let Some(name) = message.strip_prefix("duplicate field ") {
        return format!("{name} is set twice");
    }
    if let Some(rest) = message.strip_prefix("unknown field") {
        let rest = rest.replace("there are no fields", "expected none");
        return format!("unknown setting{rest}");
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

/// Splits `... at line 1 column 2`, as serde_json writes it.
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

fn describe_expected(expected: &str, syntax: Syntax) -> &str {
    let toml = syntax == Syntax::Toml;
    match expected {
        "a string" | "string" => "text in quotes",
        "a boolean" => "`true` or `false`",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a sequence" => "a list in square brackets",
        "a map" if toml => "a table in curly brackets",
        "a map" => "an object in curly brackets",
        _ => match expected.split_once(' ').map(|(kind, _)| kind) {
            Some("struct" | "internally" | "adjacently") if toml => "a table in curly brackets",
            Some("struct" | "internally" | "adjacently") => "an object in curly brackets",
            Some("tuple") => "a list in square brackets",
            Some("enum" | "variant") => "text in quotes",
            _ => expected,
        },
    }
}

fn describe_found(found: &str, syntax: Syntax, secret: bool) -> String {
    let value = found
        .split_once('`')
        .map(|(_, rest)| rest.trim_end_matches('`'));
    let kind = found.split(' ').next().unwrap_or_default();
    match (kind, value) {
        ("integer" | "floating", Some(number)) if !secret => format!("the number {number}"),
        ("integer" | "floating" | "number", _) => "a number".to_owned(),
        ("boolean", Some(value)) => format!("`{value}`"),
        ("string" | "character", _) => "text".to_owned(),
        ("a", _) if found.starts_with("a string") => "text".to_owned(),
        ("sequence", _) => "a list".to_owned(),
        ("map", _) if syntax == Syntax::Toml => "a table".to_owned(),
        ("map", _) => "an object".to_owned(),
        ("null" | "unit", _) => "`null`".to_owned(),
        ("date" | "datetime", _) => "a date".to_owned(),
        _ => "another type".to_owned(),
    }
}

/// Syntax errors of serde_json, by the beginning of their message.
const JSON_SYNTAX_ERRORS: [(&str, &str); 15] = [
    (
        "EOF while parsing a list",
        "not JSON: a list has no closing `]`",
    ),
    (
        "EOF while parsing an object",
        "not JSON: an object has no closing `}`",
    ),
    (
        "EOF while parsing a string",
        "not JSON: a text has no closing quote",
    ),
    (
        "EOF while parsing a value",
        "not JSON: the document ends before its value",
    ),
    (
        "expected `:`",
        "not JSON: expected `:` after the name of a member",
    ),
    (
        "expected `,` or `]`",
        "not JSON: expected `,` or `]` in a list",
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
        "not JSON: expected a value; texts need quotes",
    ),
    (
        "key must be a string",
        "not JSON: names of members need double quotes",
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
    ("invalid escape", "not JSON: invalid escape in a text"),
    (
        "control character",
        "not JSON: escape line breaks and tabs in texts",
    ),
];

/// Syntax errors of TOML, by the beginning of their message.
const TOML_SYNTAX_ERRORS: [(&str, &str); 13] = [
    ("string values must be quoted", "a text needs quotes"),
    (
        "unclosed array table",
        "the name of a section has no closing `]]`",
    ),
    ("unclosed table", "the name of a section has no closing `]`"),
    ("unclosed array", "a list has no closing `]`"),
    ("unclosed inline table", "a table has no closing `}`"),
    ("key with no value", "a setting has no `=` with a value"),
    ("missing value", "a setting has no value after `=`"),
    ("duplicate key", "a setting or section is defined twice"),
    ("extra `=`", "the value is not valid; a text needs quotes"),
    (
        "invalid float",
        "the value is not valid; a text needs quotes",
    ),
    (
        "invalid integer",
        "the value is not valid; a text needs quotes",
    ),
    (
        "invalid date",
        "the value is not valid; a text needs quotes",
    ),
    (
        "invalid value",
        "the value is not valid; a text needs quotes",
    ),
];

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[test]
    fn serde_errors_are_described_in_words_of_the_document() {
        for (toml, expected) in [
            ("text = 7", "expected text in quotes, got the number 7"),
            ("text = 1.5", "expected text in quotes, got the number 1.5"),
            ("text = true", "expected text in quotes, got `true`"),
            ("text = []", "expected text in quotes, got a list"),
            ("text = {}", "expected text in quotes, got a table"),
            (
                "number = 'canary'",
                "expected a whole number, 0 or more, got text",
            ),
            (
                "number = -1",
                "expected a whole number, 0 or more, got the number -1",
            ),
            ("flag = 'canary'", "expected `true` or `false`, got text"),
            (
                "list = 'canary'",
                "expected a list in square brackets, got text",
            ),
            (
                "table = 'canary'",
                "expected a table in curly brackets, got text",
            ),
            ("table = {}", "`text` is missing"),
            ("word = 'canary'", "expected `one` or `two`, got \"canary\""),
            ("pair = [1]", "expected a list of length 2, got length 1"),
            (
                "other = 1",
                "unknown setting `other`, expected one of `text`, `number`, `flag`, `list`, `table`, `word`, `pair`",
            ),
        ] {
            let error = toml::from_str::<Document>(toml).unwrap_err();
            assert_eq!(
                describe(error.message(), Syntax::Toml, false),
                expected,
                "{toml}"
            );
        }
        for (json, expected) in [
            (
                r#"{"table": "canary"}"#,
                "expected an object in curly brackets, got text (line 1, column 18)",
            ),
            (r#"{"table": {}}"#, "`text` is missing (line 1, column 12)"),
            (
                r#"{"text": null}"#,
                "expected text in quotes, got `null` (line 1, column 13)",
            ),
            (
                r#"{"text": "a", "text": "b"}"#,
                "`text` is set twice (line 1, column 20)",
            ),
            (
                "{",
                "not JSON: an object has no closing `}` (line 1, column 1)",
            ),
            (
                r#"{"list": [1"#,
                "not JSON: a list has no closing `]` (line 1, column 11)",
            ),
            (
                "{'a': 1}",
                "not JSON: names of members need double quotes (line 1, column 2)",
            ),
            (
                r#"{"text": canary}"#,
                "not JSON: expected a value; texts need quotes (line 1, column 10)",
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
                "not JSON: the document ends before its value (line 1, column 0)",
            ),
        ] {
            let error = serde_json::from_str::<Document>(json).unwrap_err();
            assert_eq!(
                describe(&error.to_string(), Syntax::Json, false),
                expected,
                "{json}"
            );
        }
    }

    #[test]
    fn secret_numbers_are_not_repeated() {
        let error = toml::from_str::<Document>("text = 93355512").unwrap_err();
        let text = describe(error.message(), Syntax::Toml, true);
        assert_eq!(text, "expected text in quotes, got a number");
    }

    #[test]
    fn toml_syntax_errors_quote_nothing() {
        for (toml, expected) in [
            ("text = canary", "a text needs quotes"),
            ("[[table", "the name of a section has no closing `]]`"),
            ("text", "a setting has no `=` with a value"),
            (
                "text = 'a'\ntext = 'b'",
                "a setting or section is defined twice",
            ),
            (
                "text = 127.0.0.1",
                "the value is not valid; a text needs quotes",
            ),
        ] {
            let error = toml::from_str::<Document>(toml).unwrap_err();
            assert_eq!(describe_toml_syntax(error.message()), expected, "{toml}");
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
