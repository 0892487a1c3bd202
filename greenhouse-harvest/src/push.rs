//! Pushes completed assessments into Greenhouse.

mod backfill;
mod claim;
mod config;
mod connection;
mod context;
mod diagnosis;
mod engine;
mod field_definitions;
mod ledger;
mod log_entry;
mod operator;
mod plan;
mod recent_lists;
mod request;
mod run;
mod service;
mod set_up;
mod settings;
mod stage_test;
mod status_field;
mod step_error;
mod steps;
pub(crate) mod texts;
mod trigger_estimate;
mod view;
mod wait_for_end;

use self::step_error::StepError;

pub use self::{
    backfill::{BackfillError, BackfillView},
    config::PushConfig,
    connection::{
        ConnectionError, ConnectionReport, ConnectionResult, ConnectionService, ConnectionStatus,
        ConnectionView, OptionalScopes,
    },
    diagnosis::{PushDiagnosis, PushFinding, verify_push_settings},
    request::{PushError, PushRefusal},
    service::{PushService, PushServiceBuilder},
    set_up::PushSetUp,
    settings::{PushSettingsError, PushSettingsService, PushSettingsUpdate},
    status_field::StatusWriter,
    trigger_estimate::{EstimateError, TriggerEstimate},
    view::{PushProblem, PushView, StepView},
};
