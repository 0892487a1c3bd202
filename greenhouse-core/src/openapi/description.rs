//! Turns doc comments into the descriptions of the document.

use serde_json::Value;

/// Converts every description under `value`.
pub(super) fn convert(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(convert),
        Value::Object(members) => {
            let required = members.get("required").cloned().unwrap_or_default();
            if let Some(Value::Object(properties)) = members.get_mut("properties") {
                for (name, schema) in properties {
                    if !is_listed(&required, name) {
                        name_absence(schema, "absent");
                    }
                }
            }
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" => *text = plain(text),
                    _ => convert(member),
                }
            }
        }
        _ => {}
    }
}

fn is_listed(required: &Value, name: &str) -> bool {
    required
        .as_array()
        .is_some_and(|names| names.iter().any(|one| one == name))
}

fn name_absence(schema: &mut Value, word: &str) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = with_word(text, word);
    }
}

/// Returns the text without the links of rustdoc, and with one line for each paragraph.
fn plain(text: &str) -> String {
    let mut text = one_line_each(&without_links(&with_word(text, "null")));
    for source in SOURCES {
        text = text.replace(source, "");
    }
    let lines = text.lines().map(|line| {
        let sentences = line.split_inclusive(". ");
        let kept = sentences.filter(|one| !RUST.iter().any(|word| one.starts_with(word)));
        kept.collect::<String>().trim_end().to_owned()
    });
    let lines: Vec<_> = lines.collect();
    lines.join("\n").trim_end().to_owned()
}

/// Replaces `None` by the word for a missing value.
fn with_word(text: &str, word: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    for (number, part) in text.split("`None`").enumerate() {
        let starts_sentence = replaced.is_empty() || replaced.trim_end().ends_with('.');
        match word.split_at_checked(1) {
            Some((first, rest)) if number > 0 && starts_sentence => {
                replaced.push_str(&first.to_uppercase());
                replaced.push_str(rest);
            }
            _ if number > 0 => replaced.push_str(word),
            _ => {}
        }
        replaced.push_str(part);
    }
    replaced
}

/// Replaces `[text](target)` and `` [`Item`] `` by the text. Keeps links to web pages.
fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once('[') {
        plain.push_str(before);
        let Some((label, after)) = inside.split_once(']') else {
            rest = inside;
            plain.push('[');
            continue;
        };
        let target = after
            .strip_prefix('(')
            .and_then(|after| after.split_once(')'));
        match target {
            Some((target, after)) if !target.starts_with("http") => {
                plain.push_str(label);
                rest = after;
            }
            None if label.starts_with('`') => {
                plain.push_str(label);
                rest = after;
            }
            _ => {
                plain.push('[');
                rest = inside;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Joins the lines of a paragraph, except in a code block.
fn one_line_each(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let (mut is_code, mut starts_line) = (false, true);
    for line in text.lines() {
        let is_fence = line.starts_with("```");
        let keeps_break = is_code || is_fence || line.is_empty() || line.starts_with("- ");
        if !joined.is_empty() {
            joined.push(if keeps_break || starts_line {
                '\n'
            } else {
                ' '
            });
        }
        joined.push_str(if is_code { line } else { line.trim_start() });
        is_code ^= is_fence;
        starts_line = is_code || is_fence || line.is_empty();
    }
    joined
}

/// Notes in comments on the source of a fact about Greenhouse.
const SOURCES: [&str; 4] = [
    " (documented)",
    " (inferred)",
    " (reported)",
    " (reported by users)",
];

/// Beginnings of sentences that matter only to Rust code.
const RUST: [&str; 3] = ["Debug ", "Deserialization ", "Serialized "];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn doc_comments_become_plain_text() {
        for (comment, expected) in [
            ("State of a [`Check`].", "State of a `Check`."),
            ("The [errors](Self::errors) of it.", "The errors of it."),
            (
                "See [the page](https://a.example/b).",
                "See [the page](https://a.example/b).",
            ),
            ("A list [1, 2] and [an open", "A list [1, 2] and [an open"),
            ("Never null\n(documented).", "Never null."),
            (
                "A key. Debug output\nis redacted. It ends.\n\nSerialized as text.",
                "A key. It ends.",
            ),
            ("One\nline.\n\nTwo\nlines.", "One line.\n\nTwo lines."),
            ("- `a`: first,\n  more\n- `b`", "- `a`: first, more\n- `b`"),
            ("As:\n\n```json\n{\n}\n```", "As:\n\n```json\n{\n}\n```"),
        ] {
            assert_eq!(plain(comment), expected);
        }
    }

    #[test]
    fn a_missing_value_is_null_or_absent() {
        let text = "The id. `None` if unknown, else not `None`.";
        let mut schema = json!({
            "properties": { "a": { "description": text }, "b": { "description": text } },
            "required": ["a"],
        });
        convert(&mut schema);
        assert_eq!(
            schema["properties"]["a"]["description"],
            "The id. Null if unknown, else not null."
        );
        assert_eq!(
            schema["properties"]["b"]["description"],
            "The id. Absent if unknown, else not absent."
        );
    }
}
