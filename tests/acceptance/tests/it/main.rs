//! Integration tests across crates: the hosts against the mock Greenhouse, over real HTTP and a
//! real database file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod at_rest;
mod backfill;
mod connection;
mod harvest_budget;
mod harvest_resources_a;
mod harvest_resources_b;
mod harvest_tokens;
mod harvest_trace;
mod help;
mod hosts;
mod managed_hooks;
mod notice_redirects;
mod push_queue;
mod push_settings;
mod simulated;
