//! Endpoints that return, check and save an account's push settings, and list the options.

mod choices;
mod endpoint;
mod refusal;
mod refusing;
mod service;
mod update;
mod view;

pub(super) use self::endpoint::answer;
#[cfg(feature = "openapi")]
pub(super) use self::endpoint::operations;
pub(super) use self::refusal::greenhouse_failure;
pub use self::{
    service::{PushSettingsError, PushSettingsService},
    update::PushSettingsUpdate,
};
