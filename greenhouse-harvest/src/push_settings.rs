//! How an account pushes: shown to an operator, checked against Greenhouse, and saved; and what there is to choose from.

mod choices;
mod endpoint;
mod service;
mod update;
mod verify;
mod view;

pub(crate) use self::endpoint::answer;
pub use self::{
    service::{PushSettingsError, PushSettingsService},
    update::PushSettingsUpdate,
    verify::verify_push_settings,
};
