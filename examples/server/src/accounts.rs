//! Accounts of a host: creation and update from a file, listing, and erasure of people.
//!
//! The database is the only source of truth; a file is input that an operator writes. All functions
//! use only the store ports, so they work with any store.

mod apply;
mod erase;
mod file;
mod list;
mod verify;

pub use self::{
    apply::{AppliedAccount, ApplyError, Outcome, apply, check},
    erase::{EraseError, ErasureTarget, erase},
    file::{AccountConfig, AccountsFile},
    list::{ListedAccount, list},
    verify::{VerifyError, describe_problems, verify},
};

#[cfg(test)]
mod tests;
