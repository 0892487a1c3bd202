#![doc = include_str!("../../../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "code shared by several test binaries"
)]

pub mod at_rest;
pub mod needle;
mod trials;

pub use self::trials::sampled;
