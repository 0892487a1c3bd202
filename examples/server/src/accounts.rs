//! The accounts of a host: brought into the database from a file, listed, and people in them erased.
//!
//! The database is the only truth of accounts; a file is what a person writes. Everything goes through the ports, so any
//! store does.

mod apply;
mod erase;
mod file;
mod list;
mod verify;

pub use self::{
    apply::{AppliedAccount, ApplyError, Outcome, apply, check},
    erase::{EraseError, Whom, erase},
    file::{AccountConfig, AccountsFile},
    list::{Listed, list},
    verify::{VerifyError, in_words, verify},
};

#[cfg(test)]
mod tests;
