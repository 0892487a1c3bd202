#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod bodies;
mod bodies_applications;
mod bodies_people;
mod bodies_scorecards;
mod budget;
mod client;
mod error_bodies;
mod errors;
mod health;
mod keep_alive;
mod lists;
mod push;
mod push_destinations;
mod push_faults;
mod push_person;
mod push_settings;
mod push_time;
mod queries;
mod queries_people;
mod reader;
mod rejection_reasons;
mod support;
mod sweep;
mod token;
mod token_sharing;
mod webhooks;
