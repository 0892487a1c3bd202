//! Doubles for tests, and the conformance suite of the stores. Free of any runtime.

mod clock;
pub mod conformance;
mod platform;
mod transport;

pub use self::{
    clock::ManualClock,
    platform::FakePlatform,
    transport::{ScriptedTransport, SentRequest},
};
