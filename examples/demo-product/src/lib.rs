//! A small assessment product with its own SQLite file, for the demo and for tests. It implements
//! [`AssessmentPlatform`](greenhouse_core::platform::AssessmentPlatform) as a real product would.
//!
//! [`DemoProduct`] is seeded with scenarios and jobs, records the actions of candidates, and
//! renders the report of a completed assessment as a PDF and as a page. There is no login: anyone
//! with the address of a page can read it, as the port requires.

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
