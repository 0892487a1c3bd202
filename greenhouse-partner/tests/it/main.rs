//! Guarantees to Greenhouse, the product and operators, on the in-memory store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod due_tasks;
mod faults;
mod flipped_bits;
mod heads;
mod hooks;
mod hostile_addresses;
mod invited_applications;
mod keys;
mod list_tests;
mod managed_hooks;
#[path = "../shared/mutated.rs"]
mod mutated;
mod mutated_webhooks;
mod notices;
mod operator;
mod parking;
mod people;
mod reconciliation;
mod report;
mod response_error;
mod routing;
mod send_test;
mod send_test_shapes;
mod set_up;
mod settings;
mod stage_tests;
mod status_field;
mod support;
mod sweep;
mod test_status;
mod traces;
mod webhook;
mod wrong_keys;
