//! Removes hidden characters from text of the product, of Greenhouse or of a person.
//!
//! Sync log entries, health checks and notes pass such text through these functions, so that it can
//! neither reorder the text around it nor send control sequences to a terminal.

/// Returns the text as one line: each run of white space and line breaks becomes one space, and
/// hidden characters are removed.
///
/// ```
/// use greenhouse_core::plain;
///
/// assert_eq!(plain::line("Offer\u{202e}\r\n\u{1b}[31mnow"), "Offer [31mnow");
/// ```
pub fn line(text: &str) -> String {
    let words: Vec<String> = text
        .split(char::is_whitespace)
        .map(visible)
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// Splits the text into lines. Removes hidden characters, white space at the end of a line, and
/// blank lines at both ends. Tabs become spaces.
pub fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\t', " ");
    let mut lines: Vec<String> = text
        .split(is_line_break)
        .map(|line| visible(line).trim_end().to_owned())
        .skip_while(String::is_empty)
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Removes hidden characters, including tabs and all line breaks except `\n`.
pub fn visible(text: &str) -> String {
    text.chars()
        .filter(|character| *character == '\n' || !is_hidden(*character))
        .collect()
}

/// Removes operating system error numbers, such as ` (os error 111)`, from the text of an error. The
/// text before the number explains it.
///
/// ```
/// use greenhouse_core::plain;
///
/// let text = "connection failed: Connection refused (os error 111)";
/// assert_eq!(plain::without_error_numbers(text), "connection failed: Connection refused");
/// ```
pub fn without_error_numbers(text: &str) -> String {
    let mut parts = text.split(OS_ERROR);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| match part.split_once(')') {
        Some((number, rest)) if number.parse::<i32>().is_ok() => text + rest,
        _ => text + OS_ERROR + part,
    })
}

/// Returns text for a note that mentions no user and contains no HTML: replaces each `@` with its
/// full-width form, and each `<` that could open a tag with `‹`.
///
/// Greenhouse may notify the user whose name follows `@`, and may interpret HTML (both unknown).
pub fn inert(text: &str) -> String {
    let mut inert = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        inert.push(match character {
            '@' | '\u{fe6b}' => '\u{ff20}',
            '<' if rest.peek().is_some_and(|next| opens_tag(*next)) => '\u{2039}',
            other => other,
        });
    }
    inert
}

/// Returns `true` for characters that end a line.
pub fn is_line_break(character: char) -> bool {
    matches!(
        character,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Returns `true` for hidden characters: control characters, line separators, characters that
/// change the writing direction, zero-width spaces, soft hyphens, tags and noncharacters.
///
/// Returns `false` for joiners and variation selectors, because some scripts and emoji need them.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fdd0}'..='\u{fdef}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e007f}'
        )
        || u32::from(character) & 0xfffe == 0xfffe
}

/// Returns `true` for all invisible characters: hidden characters, joiners, variation selectors and
/// blank letters. They are rejected in secrets and identifiers, and removed from names and e-mail
/// addresses.
pub fn is_unseen(character: char) -> bool {
    is_hidden(character)
        || is_joiner(character)
        || matches!(
            character,
            '\u{34f}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{ffa0}'
                | '\u{e0100}'..='\u{e01ef}'
        )
}

/// Returns `true` for characters that join the letters around them.
pub(crate) fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

fn opens_tag(next: char) -> bool {
    next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')
}

/// Text in front of the number in the messages of I/O errors.
const OS_ERROR: &str = " (os error ";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn error_numbers_are_removed() {
        for (text, expected) in [
            ("", ""),
            ("refused (os error 111)", "refused"),
            ("a (os error 2): b (os error -3), c", "a: b, c"),
            ("a (os error", "a (os error"),
            ("a (os error x) b", "a (os error x) b"),
            ("a (os error 1", "a (os error 1"),
        ] {
            assert_eq!(without_error_numbers(text), expected, "{text}");
        }
    }

    #[test]
    fn a_line_shows_everything_that_it_has() {
        for (text, expected) in [
            ("Offer", "Offer"),
            ("  Phone \t screen \n", "Phone screen"),
            ("\u{1b}]0;title\u{7}x", "]0;titlex"),
            ("\u{9b}31mred", "31mred"),
            ("a\u{202e}b\u{2066}c\u{200f}d\u{61c}e", "abcde"),
            ("a\u{200b}b\u{2060}c\u{feff}d\u{ad}e\u{180e}f", "abcdef"),
            ("a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f", "a b c d e f"),
            ("a\0b\u{7f}c", "abc"),
            ("a\u{e0041}b\u{fffe}c\u{1fffe}d", "abcd"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👩\u{200d}💻 ❤\u{fe0f}", "👩\u{200d}💻 ❤\u{fe0f}"),
            ("Zoë 李明 Ünal", "Zoë 李明 Ünal"),
            ("\u{200b}", ""),
        ] {
            assert_eq!(line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_end_at_every_line_break() {
        assert_eq!(
            lines("\n a\r\nb\u{2028}c\u{2029}d\u{85}e\u{b}f\rg \n\n"),
            [" a", "b", "c", "d", "e", "f", "g"]
        );
        assert!(lines(" \n\t\u{200b}\n").is_empty());
    }

    #[test]
    fn an_inert_line_mentions_nobody_and_has_no_tag() {
        for (text, expected) in [
            ("ask @mira.okafor", "ask \u{ff20}mira.okafor"),
            ("mira@example.org", "mira\u{ff20}example.org"),
            ("\u{fe6b}mira", "\u{ff20}mira"),
            ("a<br>b</p><!-- c", "a\u{2039}br>b\u{2039}/p>\u{2039}!-- c"),
            ("2 < 3 <3 <", "2 < 3 <3 <"),
        ] {
            assert_eq!(inert(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(text in any::<String>()) {
            let one = line(&text);
            prop_assert!(!one.chars().any(|c| is_hidden(c) || is_line_break(c)), "{one:?}");
            prop_assert_eq!(&line(&one), &one);
            for one in lines(&text) {
                prop_assert!(!one.chars().any(|c| is_hidden(c) || is_line_break(c)), "{one:?}");
            }
            prop_assert!(!inert(&text).contains('@'));
        }
    }
}
