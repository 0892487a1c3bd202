//! Command-line tests of the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod backfill;
mod console;
mod doctor;
mod flags;
mod host;
mod keys;
mod mistakes;
mod openapi;
mod operation;
mod reconcile;
mod rotation;
mod serve;
mod settings;
mod terminal;
