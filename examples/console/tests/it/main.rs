//! The pages against the real integration, a store in memory and the mock Greenhouse.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod account;
mod activity;
mod assessments;
mod assets;
mod button;
mod calls;
mod connection;
mod entry;
mod form_fields;
mod forms;
mod health;
mod help;
mod keys;
mod lists;
mod managed_hooks;
mod outage;
mod past;
mod push_credential;
mod push_jobs;
mod push_jobs_mended;
mod push_support;
mod push_user;
mod results;
mod retry;
mod scorecard;
mod scorecard_preview;
mod scorecard_refused;
mod signed_out;
mod stage;
mod stage_tests;
mod sync;
mod triggers;
