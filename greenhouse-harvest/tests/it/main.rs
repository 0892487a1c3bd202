#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod bodies;
mod client;
mod error_bodies;
mod errors;
mod health;
mod lists;
mod push;
mod push_faults;
mod push_person;
mod push_time;
mod reader;
mod support;
mod sweep;
mod token;
