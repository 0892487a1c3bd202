//! The pages against the real integration, a store in memory and the mock Greenhouse.

mod health;
mod stage;
