//! Doubles for tests, and the conformance suite of the stores. Free of any runtime.

mod clock;
pub mod conformance;
mod failing_store;
mod platform;
mod transport;

pub use self::{
    clock::ManualClock,
    failing_store::{FailingStore, Failure, NextApply, StoreFault},
    platform::FakePlatform,
    transport::{ScriptedTransport, SentRequest},
};
