//! How an account pushes: shown to an operator, checked against Greenhouse, and saved; and what there is to choose from.

mod choices;
mod endpoint;
mod refusal;
mod service;
mod update;
mod view;

pub(super) use self::endpoint::answer;
pub use self::{
    service::{PushSettingsError, PushSettingsService},
    update::PushSettingsUpdate,
};
