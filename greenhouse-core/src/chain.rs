use std::{error::Error, fmt};

/// Formats an error with all of its sources, for logs: `the store is unavailable: disk is full`.
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
        write!(f, "{}", self.0)?;
        let mut error = self.0;
        while let Some(source) = error.source() {
            write!(f, ": {source}")?;
            error = source;
        }
        Ok(())
    }
}
