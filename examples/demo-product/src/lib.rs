//! A small stand-in for an assessment product, with its own SQLite file: what a real product puts behind
//! [`AssessmentPlatform`](greenhouse_core::platform::AssessmentPlatform), for the demo and for tests.
//!
//! [`DemoProduct`] is seeded with scenarios and jobs, is told what candidates do, and writes the report of a completed
//! assessment as a PDF and as a page. Nobody logs in: whoever holds the address of a page may read it, as the port asks.

mod candidates;
mod catalogue;
mod error;
mod open;
mod platform;
mod report;
mod rows;

pub use candidates::TRAITS;
pub use error::ProductError;
pub use open::DemoProduct;
