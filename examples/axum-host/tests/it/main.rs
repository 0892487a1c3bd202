//! The binary, as a person at a terminal meets it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod doctor;
mod host;
mod keys;
mod reconcile;
mod rotation;
mod serve;
mod settings;
mod terminal;
