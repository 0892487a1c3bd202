//! Pushes completed assessments into Greenhouse.

mod claim;
mod config;
mod context;
mod definitions;
mod diagnosis;
mod engine;
mod ledger;
mod operator;
mod plan;
mod request;
mod run;
mod service;
mod settings;
mod step_error;
mod steps;
mod text;
mod view;
mod wait;

use self::step_error::StepError;

pub use self::{
    config::PushConfig,
    diagnosis::{PushDiagnosis, PushFinding, verify_push_settings},
    request::{PushError, PushRefusal},
    service::{PushService, PushServiceBuilder},
    settings::{PushSettingsError, PushSettingsService, PushSettingsUpdate},
    view::{PushProblem, PushView},
};
