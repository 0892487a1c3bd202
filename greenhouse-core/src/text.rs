use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use crate::plain;

/// Text for recruiters and admins, with a stable code.
///
/// Each crate declares its texts in one module, `texts`, with [`texts!`](crate::texts), so that
/// they can be reviewed and translated in one place. Programs match on the code; the wording may
/// change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    code: Cow<'static, str>,
    text: String,
}

impl Text {
    /// Creates a text. Removes hidden characters from the wording. A code consists of lower-case
    /// words joined by `_`.
    pub fn new(code: impl Into<Cow<'static, str>>, text: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            text: plain::visible(&text.into()),
        }
    }

    /// Stable code, for example `push_done`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The wording, in plain English.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends a sentence. The code does not change.
    #[must_use]
    pub fn and(mut self, sentence: &str) -> Self {
        if !sentence.is_empty() {
            self.text.push(' ');
            self.text.push_str(&plain::visible(sentence));
        }
        self
    }

    /// Returns the code and the wording.
    pub fn into_parts(self) -> (String, String) {
        (self.code.into_owned(), self.text)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

/// Declares texts. Each text is a function that returns a [`Text`](crate::Text) with the name of
/// the function as its code.
///
/// In tests, the constant `CODES` beside the functions lists the codes.
///
/// ```
/// use greenhouse_core::texts;
///
/// texts! {
///     /// Sync log, while the push waits.
///     fn push_waiting(reason: &str) = "The push is waiting: {reason}.";
/// }
///
/// let text = push_waiting("the rate limit is used up");
/// assert_eq!(text.code(), "push_waiting");
/// assert_eq!(text.as_str(), "The push is waiting: the rate limit is used up.");
/// ```
#[macro_export]
macro_rules! texts {
    ($($(#[$meta:meta])* $vis:vis fn $code:ident($($name:ident: $type:ty),* $(,)?) = $words:literal;)*) => {
        $(
            $(#[$meta])*
            $vis fn $code($($name: $type),*) -> $crate::Text {
                $crate::Text::new(stringify!($code), format!($words))
            }
        )*

        /// Codes of the texts declared here.
        // Allowed to be unused: not every module has a test that reads its codes.
        #[cfg(test)]
        #[allow(dead_code)]
        pub(crate) const CODES: &[&str] = &[$(stringify!($code)),*];
    };
}
