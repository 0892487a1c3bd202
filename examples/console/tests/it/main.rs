//! The pages against the real integration, a store in memory and the mock Greenhouse.

mod form_fields;
mod health;
mod scorecard;
mod stage;
mod triggers;
