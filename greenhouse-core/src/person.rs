//! Normalises names and e-mail addresses of people, for comparisons and for sending.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use url::Host;

use crate::plain::{is_joiner, is_line_break, is_unseen};

/// E-mail address that was checked and normalised. Debug withholds it.
///
/// Hidden characters are removed, and full-width characters become ASCII. Two spellings of one
/// address have the same [`identity`](Self::identity).
///
/// ```
/// use greenhouse_core::person::{EmailAddress, EmailProblem};
///
/// let address = EmailAddress::parse(" Zed@example.org\u{200b}")?;
/// assert_eq!(address.as_str(), "Zed@example.org");
/// assert_eq!(address.identity(), "zed@example.org");
/// assert_eq!(EmailAddress::parse("zed%40example.org"), Err(EmailProblem::PercentEncoded));
/// # Ok::<(), EmailProblem>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    text: String,
    identity: String,
}

impl EmailAddress {
    /// Normalises and checks an address.
    ///
    /// # Errors
    ///
    /// [`EmailProblem`] if the text is not one address.
    pub fn parse(text: &str) -> Result<Self, EmailProblem> {
        let text = text.trim_matches(is_blank_or_unseen);
        if text.is_empty() {
            return Err(EmailProblem::Empty);
        }
        if text.chars().any(|c| c == '\0' || is_line_break(c)) {
            return Err(EmailProblem::Control);
        }
        let text: String = text.chars().filter(|c| !is_unseen(*c)).nfkc().collect();
        if has_percent_escape(&text) {
            return Err(EmailProblem::PercentEncoded);
        }
        let (local, domain) = text.split_once('@').ok_or(EmailProblem::NoAt)?;
        if !is_local_part(local) {
            return Err(EmailProblem::LocalPart);
        }
        let domain = domain.replace(['\u{3002}', '\u{ff61}'], ".");
        let ascii = ascii_domain(&domain).ok_or(EmailProblem::Domain)?;
        if local.len().saturating_add(ascii.len()) >= MAX_LENGTH {
            return Err(EmailProblem::TooLong);
        }
        let identity = [&folded(local), "@", &ascii].concat();
        let text = [local, "@", &domain].concat();
        Ok(Self { text, identity })
    }

    /// The address to send, in the letter case in which it was entered.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address in lower case, with the domain in ASCII. Equal for all spellings of one address.
    pub fn identity(&self) -> &str {
        &self.identity
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(..)")
    }
}

/// Reason why a text is not an email address. Contains no part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum EmailProblem {
    /// Empty, or only invisible characters.
    #[error("the address is empty")]
    Empty,
    /// A NUL or a line break.
    #[error("the address contains a line break or a NUL character")]
    Control,
    /// A percent-encoded character, such as `%40`.
    #[error("the address is percent-encoded, for example with %40 for @")]
    PercentEncoded,
    /// No `@`.
    #[error("the address has no @")]
    NoAt,
    /// An invalid part before the `@`.
    #[error("the part before the @ is invalid")]
    LocalPart,
    /// An invalid part after the `@`.
    #[error("the part after the @ is not a domain")]
    Domain,
    /// More than 254 bytes.
    #[error("the address has more than 254 bytes")]
    TooLong,
}

/// Returns the identity of an e-mail address. Text that is not an address is returned in lower case
/// and without invisible characters.
pub(crate) fn identity(email: &str) -> String {
    match EmailAddress::parse(email) {
        Ok(address) => address.identity,
        Err(_) => {
            let text: String = email.chars().filter(|c| !is_unseen(*c)).nfkc().collect();
            folded(text.trim())
        }
    }
}

/// Returns a name in one line, without invisible characters. Empty if the name has no visible
/// character.
///
/// Zero-width joiners are kept only inside scripts that need them.
pub fn name(text: &str) -> String {
    let words: Vec<String> = text
        .split(char::is_whitespace)
        .map(visible_word)
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// Returns `true` if two people's names have no word in common. Ignores order, letter case,
/// accents, punctuation and initials. Returns `false` if either side has no name.
pub fn names_differ(one: &[&str], other: &[&str]) -> bool {
    let (one, other) = (words_of(one), words_of(other));
    if one.is_empty() || other.is_empty() || one.concat() == other.concat() {
        return false;
    }
    let shares = |word: &String| other.iter().any(|theirs| is_same(word, theirs));
    !one.iter().any(shares)
}

fn visible_word(word: &str) -> String {
    let mut visible = String::with_capacity(word.len());
    let mut previous = None;
    for character in word.nfc() {
        let joins = is_joiner(character) && previous.is_some_and(needs_joiners);
        if joins || !is_unseen(character) {
            visible.push(character);
            previous = Some(character);
        }
    }
    visible
}

fn words_of(names: &[&str]) -> Vec<String> {
    let text = names.join(" ");
    let letters: String = text
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c) && !is_unseen(*c))
        .flat_map(char::to_lowercase)
        .collect();
    let words: Vec<&str> = letters
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let (whole, initials): (Vec<&str>, Vec<&str>) =
        words.into_iter().partition(|word| !is_initial(word));
    let words = if whole.is_empty() { initials } else { whole };
    words.into_iter().map(str::to_owned).collect()
}

/// Returns `true` for a single letter of a script with letter cases. In other scripts, one
/// character can be a name.
fn is_initial(word: &str) -> bool {
    let mut characters = word.chars();
    let first = characters.next();
    let cased = first.is_some_and(|c| c.to_uppercase().next() != Some(c));
    characters.next().is_none() && cased
}

/// Returns `true` for equal words, and for a short form such as `alex` of `alexander`.
fn is_same(one: &str, other: &str) -> bool {
    let (short, long) = match one.len() <= other.len() {
        true => (one, other),
        false => (other, one),
    };
    short == long || (short.chars().count() >= SHORT_FORM && long.starts_with(short))
}

fn folded(text: &str) -> String {
    text.to_lowercase()
}

fn is_blank_or_unseen(character: char) -> bool {
    character.is_whitespace() || (character != '\0' && is_unseen(character))
}

/// Returns `true` for characters of Arabic, Syriac, Thaana, N'Ko, and the scripts of South Asia.
fn needs_joiners(character: char) -> bool {
    matches!(
        character,
        '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
    )
}

fn has_percent_escape(text: &str) -> bool {
    text.as_bytes().windows(3).any(|three| {
        matches!(three, [b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
    })
}

/// Accepts the unquoted form, with letters of any script.
fn is_local_part(local: &str) -> bool {
    let allowed = |c: char| {
        let symbol = "!#$%&'*+/=?^_`{|}~-.".contains(c);
        symbol || c.is_ascii_alphanumeric() || (!c.is_ascii() && !c.is_whitespace())
    };
    !local.is_empty()
        && local.len() <= MAX_LOCAL
        && local.chars().all(allowed)
        && local.split('.').all(|atom| !atom.is_empty())
}

/// Returns the domain in lower-case ASCII. `None` if it is not the name of a domain with a dot.
fn ascii_domain(domain: &str) -> Option<String> {
    let plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if !domain.chars().all(plain) {
        return None;
    }
    let Ok(Host::Domain(ascii)) = Host::parse(domain) else {
        return None;
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    let labels: Vec<&str> = ascii.split('.').collect();
    let named = labels.last().is_some_and(|last| last.len() > 1);
    (named && labels.len() > 1 && labels.into_iter().all(label)).then_some(ascii)
}

/// Maximum length of an address (RFC 5321).
const MAX_LENGTH: usize = 254;
const MAX_LOCAL: usize = 64;
/// Minimum number of letters in a short form of a name.
const SHORT_FORM: usize = 3;

#[cfg(test)]
mod tests;
