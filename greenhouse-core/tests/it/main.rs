//! The store in memory keeps what every store promises, and the doubles do what they say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod clock;
mod failing_store;
mod retention_faults;
mod store;
