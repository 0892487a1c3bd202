//! The store on SQLite keeps what every store promises, and what a file makes it promise besides.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod conformance;
mod erased;
mod opening;
mod shared_file;
mod support;
mod whole;
