//! The pages against the real integration, a store in memory and the mock Greenhouse.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod account;
mod assessments;
mod calls;
mod form_fields;
mod health;
mod help;
mod keys;
mod outage;
mod push_credential;
mod push_jobs;
mod push_support;
mod push_user;
mod scorecard;
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod activity;
mod button;
mod entry;
mod retry;
mod stage;
mod sync;
mod triggers;
