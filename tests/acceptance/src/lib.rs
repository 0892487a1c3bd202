#![doc = include_str!("../../../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what several test binaries share"
)]

pub mod at_rest;
pub mod needle;
