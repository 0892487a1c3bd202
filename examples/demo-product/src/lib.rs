//! A small assessment product with its own SQLite file, for the demo and for tests. The product
//! implements [`AssessmentPlatform`](greenhouse_core::platform::AssessmentPlatform) as a real
//! product would.
//!
//! The host adds scenarios and jobs. [`DemoProduct`] records the actions of candidates, and renders
//! the report of a completed assessment as a PDF and as an HTML page. There is no login. As the
//! port requires, anyone with the URL of a report page can read the page.

mod candidates;
mod catalogue;
mod error;
mod open;
mod platform;
#[cfg(feature = "play")]
mod play;
mod profile;
mod report;
mod rows;
mod samples;

pub use candidates::TRAITS;
pub use error::ProductError;
pub use open::DemoProduct;
