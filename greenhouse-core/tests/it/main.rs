//! Conformance of the memory store, the test doubles, and convergence of the sync rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod clock;
mod failing_store;
mod order;
mod retention_faults;
mod store;
