//! Push settings of an account: endpoints that show, check and save them, and that list the
//! options.

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
