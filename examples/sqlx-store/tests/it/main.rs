//! Tests of the SQLite store: the guarantees of every store, and those of a SQLite file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod at_rest;
#[path = "../shared/beside.rs"]
mod beside;
mod beside_applications;
#[path = "../shared/busy.rs"]
mod busy;
mod conformance;
#[path = "../shared/ended_sessions.rs"]
mod ended_sessions;
mod erased;
#[path = "../shared/erasure.rs"]
mod erasure;
mod known_accounts;
mod opening;
#[path = "../shared/read_only.rs"]
mod read_only;
mod read_only_file;
#[path = "../shared/sealed.rs"]
mod sealed;
mod shared_commits;
mod shared_file;
mod support;
#[path = "../shared/test_database.rs"]
mod test_database;
#[path = "../shared/upgrade.rs"]
mod upgrade;
mod whole;
