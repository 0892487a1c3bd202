//! Webhook payloads, in the form of the published samples.

pub(crate) mod application;
mod custom_fields;
pub(crate) mod person;
