//! How an account pushes: shown to an operator, checked against Greenhouse, and saved; and what there is to choose from.

mod choices;
mod endpoint;
mod problem;
mod service;
mod update;
mod verify;
mod view;

pub(crate) use self::endpoint::answer;
pub use self::{
    problem::PushSettingsProblem,
    service::{PushSettingsError, PushSettingsService},
    update::{FormError, PushSettingsUpdate},
    verify::verify_push_settings,
    view::PushSettingsView,
};
