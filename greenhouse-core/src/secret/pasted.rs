//! Check of secrets that a person pastes into a form, a file or the environment.

use std::{error::Error, fmt};

use super::Secret;
use crate::{
    Text,
    plain::{is_line_break, is_unseen},
    texts::secret as texts,
};

/// Reason why a pasted secret is invalid. Contains no part of the secret.
///
/// The error message is one phrase that includes the remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretProblem {
    /// Empty, or only spaces.
    Empty,
    /// A line break, a tab or another control character.
    Control,
    /// An invisible character, such as a zero-width space or a character that reorders the text
    /// around it.
    Hidden,
    /// A space at the beginning or the end, or a special space, such as a no-break space, at any
    /// position.
    Blank,
    /// Fewer than [`Secret::MIN_LENGTH`] characters.
    TooShort {
        /// Number of characters.
        length: usize,
    },
}

impl SecretProblem {
    /// Stable code: `missing`, `control_character`, `hidden_character`, `blank` or `too_short`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "missing",
            Self::Control => "control_character",
            Self::Hidden => "hidden_character",
            Self::Blank => "blank",
            Self::TooShort { .. } => "too_short",
        }
    }

    /// Sentence that describes the defect.
    pub fn message(self) -> Text {
        match self {
            Self::Empty => texts::secret_missing(),
            Self::Control => texts::secret_control_character(),
            Self::Hidden => texts::secret_hidden_character(),
            Self::Blank => texts::secret_blank(),
            Self::TooShort { length } => texts::secret_too_short(Secret::MIN_LENGTH, length),
        }
    }

    /// Sentence that says what to do.
    pub fn remedy(self) -> Text {
        match self {
            Self::Empty => texts::enter_secret(),
            Self::Control | Self::Hidden | Self::Blank => texts::copy_secret_again(),
            Self::TooShort { .. } => texts::enter_longer_secret(),
        }
    }
}

impl fmt::Display for SecretProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the value is empty; enter it",
            Self::Control => {
                "the value contains a line break or another control character; copy it again \
                 without that character"
            }
            Self::Hidden => {
                "the value contains an invisible character; copy it again, or type it"
            }
            Self::Blank => {
                "the value begins or ends with a space, or contains a special space; copy it \
                 again without that space"
            }
            Self::TooShort { length } => {
                return write!(
                    f,
                    "expected at least {} characters, got {length}; copy the whole value, or create \
                     a longer one, for example with `openssl rand -hex 32`",
                    Secret::MIN_LENGTH
                );
            }
        })
    }
}

impl Error for SecretProblem {}

impl Secret {
    /// Minimum number of characters of a pasted secret.
    pub const MIN_LENGTH: usize = 8;

    /// Number of characters below which a pasted secret is valid but easy to guess.
    pub const SAFE_LENGTH: usize = 16;

    /// Checks a secret that a person pasted: its characters and its length.
    ///
    /// ```
    /// use greenhouse_core::{Secret, SecretProblem};
    ///
    /// assert_eq!(Secret::new("correct horse").check(), Ok(()));
    /// assert_eq!(Secret::new("a secret\u{200b}").check(), Err(SecretProblem::Hidden));
    /// assert_eq!(Secret::new("a").check(), Err(SecretProblem::TooShort { length: 1 }));
    /// ```
    ///
    /// # Errors
    ///
    /// The first [`SecretProblem`] that was found.
    pub fn check(&self) -> Result<(), SecretProblem> {
        self.check_characters()?;
        match self.expose().chars().count() {
            length if length < Self::MIN_LENGTH => Err(SecretProblem::TooShort { length }),
            _ => Ok(()),
        }
    }

    /// Checks only the characters, for a value that its issuer may have chosen to be short, such as
    /// a user name.
    ///
    /// # Errors
    ///
    /// [`SecretProblem`], but not [`SecretProblem::TooShort`].
    pub fn check_characters(&self) -> Result<(), SecretProblem> {
        let text = self.expose();
        if text.trim().is_empty() {
            return Err(SecretProblem::Empty);
        }
        if text.chars().any(is_control) {
            return Err(SecretProblem::Control);
        }
        if text.chars().any(is_unseen) {
            return Err(SecretProblem::Hidden);
        }
        let unusual = |character: char| character.is_whitespace() && character != ' ';
        if text.trim() != text || text.chars().any(unusual) {
            return Err(SecretProblem::Blank);
        }
        Ok(())
    }

    /// Returns `true` if the secret has fewer than [`Secret::SAFE_LENGTH`] characters.
    pub fn is_short(&self) -> bool {
        self.expose().chars().count() < Self::SAFE_LENGTH
    }
}

fn is_control(character: char) -> bool {
    character.is_control() || is_line_break(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_secret_is_checked() {
        use SecretProblem::{Blank, Control, Empty, Hidden, TooShort};
        for (text, expected) in [
            ("12345678", Ok(())),
            ("the secret key of the webhooks", Ok(())),
            ("schlüssel", Ok(())),
            ("鍵鍵鍵鍵鍵鍵鍵鍵", Ok(())),
            ("~!@#$%^&*()_+`\"'\\", Ok(())),
            ("", Err(Empty)),
            (" ", Err(Empty)),
            ("   ", Err(Empty)),
            ("          ", Err(Empty)),
            ("\n", Err(Empty)),
            ("\t \r\n", Err(Empty)),
            ("\u{a0}\u{3000}", Err(Empty)),
            ("s\n", Err(Control)),
            ("12345678\n", Err(Control)),
            ("\r\n12345678", Err(Control)),
            ("1234\t5678", Err(Control)),
            ("1234\x005678", Err(Control)),
            ("12345678\u{1b}[0m", Err(Control)),
            ("12345678\u{7f}", Err(Control)),
            ("12345678\u{85}", Err(Control)),
            ("12345678\u{2028}", Err(Control)),
            ("x\u{200b}", Err(Hidden)),
            ("12345678\u{200b}", Err(Hidden)),
            ("\u{feff}12345678", Err(Hidden)),
            ("1234\u{ad}5678", Err(Hidden)),
            ("1234\u{200d}5678", Err(Hidden)),
            ("1234\u{fe0f}5678", Err(Hidden)),
            ("12345678\u{202e}", Err(Hidden)),
            ("\u{2066}12345678\u{2069}", Err(Hidden)),
            ("12345678\u{200f}", Err(Hidden)),
            ("12345678\u{3164}", Err(Hidden)),
            ("12345678\u{e0041}", Err(Hidden)),
            ("12345678\u{2060}", Err(Hidden)),
            (" 12345678", Err(Blank)),
            ("12345678 ", Err(Blank)),
            ("12345678\u{a0}", Err(Blank)),
            ("1234\u{a0}5678", Err(Blank)),
            ("1234\u{2003}5678", Err(Blank)),
            ("a", Err(TooShort { length: 1 })),
            ("1234567", Err(TooShort { length: 7 })),
            ("äääääää", Err(TooShort { length: 7 })),
        ] {
            let secret = Secret::new(text);
            assert_eq!(secret.check(), expected, "{text:?}");
            let characters = match expected {
                Err(TooShort { .. }) => Ok(()),
                other => other,
            };
            assert_eq!(secret.check_characters(), characters, "{text:?}");
        }
    }

    #[test]
    fn a_short_secret_is_valid() {
        for (text, short) in [
            ("12345678", true),
            ("123456789012345", true),
            ("1234567890123456", false),
            ("äääääääääääääää", true),
        ] {
            assert_eq!(Secret::new(text).is_short(), short, "{text}");
        }
    }

    #[test]
    fn each_problem_has_a_remedy_and_repeats_nothing() {
        let mut codes = Vec::new();
        for text in ["", "canary-x\n", "canary-x\u{200b}", " canary-x", "canary"] {
            let problem = Secret::new(text).check().unwrap_err();
            for shown in [
                problem.to_string(),
                problem.message().to_string(),
                problem.remedy().to_string(),
            ] {
                assert!(!shown.is_empty() && !shown.contains("canary"), "{shown}");
            }
            assert!(problem.to_string().contains("; "), "{problem}");
            codes.push(problem.code());
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), 5);
    }
}
