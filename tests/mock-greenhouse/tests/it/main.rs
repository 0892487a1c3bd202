#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod applications;
mod assessment;
mod auth;
mod candidates;
mod consent;
mod custom_fields;
mod exchanges;
mod faults;
mod files;
mod hooks_by_api;
mod inbox;
mod lag;
mod lists;
mod people;
mod prospects;
mod rate;
mod readme;
mod records;
mod rejections;
mod removals;
mod schedule;
mod server;
mod support;
mod switches;
mod tags;
mod webhooks;
