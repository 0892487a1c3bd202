//! Test doubles and the conformance suite for stores. Works with any async runtime.

mod clock;
pub mod conformance;
mod cut_short;
mod failing_store;
mod platform;
mod sample;
mod samples;
mod sweep;
mod transport;

pub use self::{
    clock::ManualClock,
    cut_short::cut_short,
    failing_store::{FailingStore, Failure, NextApply, StoreFault},
    platform::FakePlatform,
    sample::Sample,
    samples::{
        email_problems, event_errors, has_remedy, platform_errors, reader_errors, store_errors,
    },
    sweep::{Played, sweep},
    transport::{ScriptedTransport, SentRequest},
};
