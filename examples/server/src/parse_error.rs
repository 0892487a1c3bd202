//! Messages about errors in TOML files, written for operators.

/// Rewrites the message of a TOML syntax error for an operator. The result contains no text from
/// the file.
pub(crate) fn describe_toml_syntax(message: &str) -> &str {
    let first = message.lines().next().unwrap_or_default();
    let first = first
        .split_once(", expected")
        .map_or(first, |parts| parts.0);
    let mut known = TOML_SYNTAX_ERRORS.iter();
    let known = known.find(|known| first.starts_with(known.0));
    known.map_or(first, |known| known.1)
}

/// Beginnings of the TOML parser's messages, each with the message for an operator.
const TOML_SYNTAX_ERRORS: [(&str, &str); 13] = [
    ("string values must be quoted", "text must be in quotes"),
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
    ("extra `=`", "the value is not valid; put text in quotes"),
    (
        "invalid float",
        "the value is not valid; put text in quotes",
    ),
    (
        "invalid integer",
        "the value is not valid; put text in quotes",
    ),
    ("invalid date", "the value is not valid; put text in quotes"),
    (
        "invalid value",
        "the value is not valid; put text in quotes",
    ),
];

#[cfg(test)]
mod tests {
    use greenhouse_core::parse_error::{Format, describe};
    use serde::Deserialize;

    use super::*;

    #[test]
    fn describes_toml_errors() {
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
                describe(error.message(), Format::Toml, false),
                expected,
                "{toml}"
            );
        }
    }

    #[test]
    fn secret_numbers_are_not_repeated() {
        let error = toml::from_str::<Document>("text = 93355512").unwrap_err();
        let text = describe(error.message(), Format::Toml, true);
        assert_eq!(text, "expected text in quotes, got a number");
    }

    #[test]
    fn toml_syntax_errors_quote_nothing() {
        for (toml, expected) in [
            ("text = canary", "text must be in quotes"),
            ("[[table", "the name of a section has no closing `]]`"),
            ("text", "a setting has no `=` with a value"),
            (
                "text = 'a'\ntext = 'b'",
                "a setting or section is defined twice",
            ),
            (
                "text = 127.0.0.1",
                "the value is not valid; put text in quotes",
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
