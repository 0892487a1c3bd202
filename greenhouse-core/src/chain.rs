use std::{error::Error, fmt};

use crate::plain;

/// Formats an error and all of its sources as one line, without hidden characters and operating
/// system error numbers, for logs: `the store is unavailable: disk is full`.
///
/// ```
/// use greenhouse_core::{chain, store::StoreError};
///
/// let error = StoreError::unavailable("disk is full");
/// assert_eq!(chain(&error).to_string(), "the store is unavailable: disk is full");
/// ```
pub fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl fmt::Display + fmt::Debug + 'a {
    Chain(error)
}

#[derive(Debug)]
struct Chain<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.0.to_string();
        let mut error = self.0;
        while let Some(source) = error.source() {
            text.push_str(": ");
            text.push_str(&source.to_string());
            error = source;
        }
        f.write_str(&plain::line(&plain::without_error_numbers(&text)))
    }
}
