//! Tests of the product against the contract of `AssessmentPlatform`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod candidates;
mod completed;
mod outcomes;
mod profiles;
mod reports;
mod support;
