//! The store in memory keeps what every store promises, the doubles do what they say, and the sync rules end in the truth.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod clock;
mod failing_store;
mod order;
mod retention_faults;
mod store;
