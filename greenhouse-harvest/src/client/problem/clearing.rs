use std::{collections::BTreeMap, mem};

/// Redacts texts from Greenhouse. Removes texts that were sent, addresses, possible tokens and
/// files, and characters that could forge a log line.
#[derive(Debug)]
pub(super) struct Clearing {
    /// Withheld texts in one letter case, by their first character.
    withheld: BTreeMap<char, Vec<Vec<char>>>,
}

impl Clearing {
    pub(super) fn of(texts: &[String]) -> Self {
        let mut withheld: BTreeMap<char, Vec<Vec<char>>> = BTreeMap::new();
        for text in texts {
            let folded: Vec<char> = fold(&visible(text.trim()).0)
                .map(|(fold, _)| fold)
                .collect();
            // A single letter occurs in every text and reveals nothing.
            if let [first, _, ..] = folded.as_slice() {
                withheld.entry(*first).or_default().push(folded);
            }
        }
        Self { withheld }
    }

    pub(super) fn clear(&self, text: &str) -> String {
        let (text, is_cut) = visible(text);
        let mut hidden = vec![false; text.len()];
        let folded: Vec<(char, usize)> = fold(&text).collect();
        for at in 0..folded.len() {
            let length = self.found_at(&folded, at, is_cut);
            let found = folded.get(at..at + length).unwrap_or_default();
            if let [(_, first), ..] = found
                && let [.., (_, last)] = found
                && let Some(hidden) = hidden.get_mut(*first..=*last)
            {
                hidden.fill(true);
            }
        }
        for (word, hidden) in words(&text, &mut hidden) {
            if is_telling(word) {
                hidden.fill(true);
            }
        }
        visible_text(&text, &hidden)
    }

    /// Returns the number of characters to withhold from this position. A response may repeat only
    /// part of a long text, and only the first part of a long response is read.
    fn found_at(&self, text: &[(char, usize)], at: usize, is_cut: bool) -> usize {
        let from_here = text.get(at..).unwrap_or_default();
        let candidates = from_here
            .first()
            .and_then(|(first, _)| self.withheld.get(first));
        let lengths = candidates.into_iter().flatten().map(|secret| {
            let pairs = from_here.iter().zip(secret);
            let common = pairs.take_while(|((a, _), b)| a == *b).count();
            let is_letter = |at: Option<usize>| {
                at.and_then(|at| text.get(at))
                    .is_some_and(|(letter, _)| letter.is_alphanumeric())
            };
            let is_found = if common == secret.len() {
                let is_word = !is_letter(at.checked_sub(1)) && !is_letter(Some(at + common));
                common >= MIN_PART_OF_WORD || is_word
            } else {
                common >= MIN_BEGINNING || (is_cut && common == from_here.len())
            };
            if is_found { common } else { 0 }
        });
        lengths.max().unwrap_or_default()
    }
}

/// Returns the visible characters, with white space as single blanks, and `true` if the text is
/// longer than the part that is read.
fn visible(text: &str) -> (Vec<char>, bool) {
    let mut seen: Vec<char> = Vec::new();
    let mut characters = text.chars();
    for character in characters.by_ref().take(MAX_READ) {
        if character.is_whitespace() || character.is_control() {
            if seen.last().is_some_and(|last| *last != ' ') {
                seen.push(' ');
            }
        } else if !is_invisible(character) {
            seen.push(character);
        }
    }
    (seen, characters.next().is_some())
}

/// Returns the characters in one letter case, without the backslashes of a quoted text, each with
/// its position.
fn fold(text: &[char]) -> impl Iterator<Item = (char, usize)> {
    let kept = text
        .iter()
        .enumerate()
        .filter(|(_, letter)| **letter != '\\');
    kept.flat_map(|(place, letter)| {
        letter
            .to_uppercase()
            .flat_map(char::to_lowercase)
            .map(move |folded| (folded, place))
    })
}

fn words<'a>(
    text: &'a [char],
    hidden: &'a mut [bool],
) -> impl Iterator<Item = (&'a [char], &'a mut [bool])> {
    let mut rest = hidden;
    text.split(|letter| *letter == ' ').map(move |word| {
        let (this, after) = mem::take(&mut rest).split_at_mut(word.len());
        rest = after.get_mut(1..).unwrap_or_default();
        (word, this)
    })
}

/// Returns `true` if a word is an address, a part of a query, or so long that it may be a token or
/// a file.
fn is_telling(word: &[char]) -> bool {
    let has = |part: &[char]| word.windows(part.len()).any(|window| window == part);
    let is_escaped = word.windows(3).any(
        |window| matches!(window, ['%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()),
    );
    let is_encoded = |run: &[char]| run.len() > MAX_WORD;
    has(&['@'])
        || has(&['＠'])
        || has(&[':', '/', '/'])
        || is_escaped
        || word
            .split(|letter| !letter.is_ascii_alphanumeric() && !"+/=-_.".contains(*letter))
            .any(is_encoded)
}

fn visible_text(text: &[char], hidden: &[bool]) -> String {
    let mut shown = String::new();
    let mut room = MAX_TEXT;
    let mut is_withheld = false;
    for (letter, hidden) in text.iter().zip(hidden) {
        let needed = match (is_withheld, *hidden) {
            (true, true) => continue,
            (false, true) => WITHHELD.len(),
            (_, false) => 1,
        };
        let Some(left) = room.checked_sub(needed) else {
            break;
        };
        room = left;
        is_withheld = *hidden;
        if is_withheld {
            shown.push_str(WITHHELD);
        } else {
            shown.push(*letter);
        }
    }
    shown.truncate(shown.trim_end().len());
    shown
}

/// Returns `true` for the default ignorable characters of Unicode, which split a name invisibly or
/// change the direction of a line.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Maximum length of the part of a text that is read. This and the following constants are in
/// characters.
pub(crate) const MAX_READ: usize = 4096;
const MAX_TEXT: usize = 300;
/// Maximum length of a word that is not redacted. Longer than any name in the API. A longer word
/// may be a token or a file.
const MAX_WORD: usize = 64;
/// Minimum length of a text that is withheld even inside a word. Shorter texts occur inside many
/// words by chance.
const MIN_PART_OF_WORD: usize = 4;
/// Minimum length of the beginning of a withheld text that is withheld without the full text.
const MIN_BEGINNING: usize = 12;
const WITHHELD: &str = "[withheld]";

#[cfg(test)]
mod tests {
    use super::*;

    fn clear(text: &str, withheld: &[&str]) -> String {
        let withheld: Vec<String> = withheld.iter().map(|text| (*text).to_owned()).collect();
        Clearing::of(&withheld).clear(text)
    }

    #[test]
    fn withholds_sent_texts_in_any_spelling() {
        for (text, withheld, expected) in [
            (
                "MIRA of Ökafor exists",
                ["mira", "öKAFOR"],
                "[withheld] of [withheld] exists",
            ),
            (
                "Mi\u{200b}ra \u{202e}Okafor",
                ["Mira", "Okafor"],
                "[withheld] [withheld]",
            ),
            ("by Mira\n\tOkafor", ["Mira Okafor", ""], "by [withheld]"),
            (
                r#"by "Mira \"M\" Okafor""#,
                [r#"Mira "M" Okafor"#, ""],
                r#"by "[withheld]""#,
            ),
            (
                "Grosse STRASSE 5",
                ["große", "Straße"],
                "[withheld] [withheld] 5",
            ),
            ("MiraOkafor", ["Mira", "Okafor"], "[withheld]"),
            ("MiraOkafor", ["iraOkaf", "Mira"], "[withheld]or"),
            ("Li is invalid", ["Li", "x"], "[withheld] is invalid"),
            (
                "with [withheld]",
                ["with", "held"],
                "[withheld] [[withheld]]",
            ),
        ] {
            assert_eq!(clear(text, &withheld), expected, "{text}");
        }
    }

    #[test]
    fn withholds_a_long_text_that_is_repeated_in_part() {
        let line = format!("Canary {}", "did badly and ".repeat(40));
        let once = format!("body: {line} is invalid");
        let beyond_the_cut = format!("{line} {}", line.repeat(8));
        let at_the_cut = format!("{}Canary", "a ".repeat(MAX_READ / 2 - 2));
        for (text, expected) in [
            (once.as_str(), "body: [withheld] is invalid"),
            (
                "body: Canary did badly... is too long",
                "body: [withheld]... is too long",
            ),
        ] {
            assert_eq!(clear(text, &[&line]), expected);
        }
        assert!(!clear(&beyond_the_cut, &[&line]).contains("badly"));
        assert!(!clear(&at_the_cut, &[&line]).contains('C'));
    }

    #[test]
    fn withholds_addresses_tokens_and_files() {
        let token = format!("eyJhbGciOiJIUzI1NiJ9.{}.c2lnbmF0dXJl", "eyJzdWIi".repeat(8));
        for (text, expected) in [
            ("mira@example.org is taken", "[withheld] is taken"),
            ("mira＠example.org", "[withheld]"),
            ("see https://x.example/?t=1 now", "see [withheld] now"),
            ("no email=mira%40example.org here", "no [withheld] here"),
            (&format!("token {token}, please"), "token [withheld] please"),
            (
                "harvest:scorecard_candidate_attributes:create at 100%",
                "harvest:scorecard_candidate_attributes:create at 100%",
            ),
            (
                "必須項目です。".repeat(20).as_str(),
                &"必須項目です。".repeat(20),
            ),
        ] {
            assert_eq!(clear(text, &[]), expected);
        }
    }

    #[test]
    fn cleared_texts_are_short_and_forge_no_line() {
        assert_eq!(
            clear("\r\na\n2026-05-11 ERROR\u{1b}[31m b\0\u{85}c\u{2028}", &[]),
            "a 2026-05-11 ERROR [31m b c"
        );
        assert_eq!(
            clear(&"ab ".repeat(2_000), &[]).chars().count(),
            MAX_TEXT - 1
        );
        let at_the_end = format!("{}Mira", "ab ".repeat(97));
        assert_eq!(clear(&at_the_end, &["Mira"]), "ab ".repeat(97).trim_end());
    }
}
