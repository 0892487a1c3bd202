//! Texts of the doctor's findings. Each function returns one finding with its code, text and
//! remedy.

mod account;
mod clock;
mod configuration;
mod database;

use std::error::Error;

use greenhouse_core::chain;

pub(super) use self::{account::*, clock::*, configuration::*, database::*};

/// Formats an error and its causes as a sentence.
fn sentence(error: &(dyn Error + 'static)) -> String {
    let text = reason(error);
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// Formats an error and its causes.
fn reason(error: &(dyn Error + 'static)) -> String {
    chain(error).to_string()
}
