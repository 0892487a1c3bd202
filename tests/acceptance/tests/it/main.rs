//! Tests across crates: the host against the mock Greenhouse, over real HTTP and a real database file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod at_rest;
mod bad_input;
mod directions;
mod harvest_budget;
mod harvest_resources_a;
mod harvest_resources_b;
mod harvest_tokens;
mod harvest_trace;
mod http;
mod notice_redirects;
mod push;
mod push_queue;
mod push_settings;
mod simulated;
mod story;
