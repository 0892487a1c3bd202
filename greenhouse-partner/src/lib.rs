//! Direction from Greenhouse to the product: assessment endpoints, completion notices and webhooks.
//!
//! - **Assessment partner.** Greenhouse lists the product's scenarios, sends candidates, asks for
//!   their status and shows the result. When a candidate finishes, Greenhouse receives a notice.
//! - **Webhooks.** Greenhouse reports rejections, hires and stage moves of pushed candidates, and
//!   the product receives the outcomes.
//!
//! [`Partner`] adds both to an [`Integration`](greenhouse_core::integration::Integration). A
//! [`PartnerService`] can also be used on its own. It responds to plain [`http`] requests, so it
//! works with any framework. The host runs the service's tasks in a loop; see
//! [`Background`](greenhouse_core::Background).
//!
//! | endpoint | |
//! |---|---|
//! | `GET /api/greenhouse/list-tests` | returns the account's scenarios |
//! | `POST /api/greenhouse/send-test` | invites a candidate; idempotent by the callback address |
//! | `GET /api/greenhouse/test-status` | returns the status and result of an invitation |
//! | `GET /api/greenhouse/report/{assessment}` | redirects a signed link to the report |
//! | `POST /api/greenhouse/response-error` | logs a response that Greenhouse could not use |
//! | `POST /api/webhooks/greenhouse/{hook key}` | stores an event, then returns 200 |
//!
//! With the partner key, the report endpoint returns a signed link.
//!
//! The product calls [`assessment_changed`](PartnerService::assessment_changed) when a candidate
//! makes progress, and [`revoke_report_links`](PartnerService::revoke_report_links) to close a
//! report. [`SetUp`] lists the steps that a person takes in Greenhouse.
//!
//! # Facts about Greenhouse
//!
//! The documentation says how certain a fact about Greenhouse is: *official description* (in
//! Greenhouse's OpenAPI file), *documented* (elsewhere by Greenhouse), *observed live* (in requests
//! and responses of the real Greenhouse), *reported by users*, or *inferred* (from other facts). The
//! code accepts both readings of an uncertain fact.
//!
//! # Example
//!
//! The product, the transport and the clock are test doubles.
//!
//! ```
//! use std::sync::Arc;
//!
//! use bytes::Bytes;
//! use greenhouse_core::{
//!     AccountId, ScenarioId, Secret,
//!     integration::Ports,
//!     platform::Scenario,
//!     report_link::{ReportLinkKey, ReportLinks},
//!     settings::{AccountSettings, AssessmentSettings, FixedSettings, PartnerKey},
//!     store::memory::MemoryStore,
//!     testing::{FakePlatform, ManualClock, ScriptedTransport},
//! };
//! use greenhouse_partner::PartnerService;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let account = AccountId::new("acme");
//! let key = PartnerKey::mint()?;
//! let signing = ReportLinkKey::new("2026", Secret::new("a random secret of at least 32 bytes"))?;
//! let mut settings = AccountSettings::new(ReportLinks::new(signing, vec![]));
//! settings.assessments = Some(AssessmentSettings::new(vec![key.digest()]));
//! let settings = FixedSettings::new([(account.clone(), settings)], None)?;
//!
//! let product = FakePlatform::new();
//! let scenario = Scenario { id: ScenarioId::new("sc-1"), name: "Discovery Call".to_owned() };
//! product.add_scenario(&account, scenario);
//!
//! let ports = Ports::builder(product, MemoryStore::new())
//!     .public_url("https://assess.example")?
//!     .settings(Arc::new(settings))
//!     .transport(ScriptedTransport::new())
//!     .clock(ManualClock::at("2026-11-23T10:00:00Z".parse()?))
//!     .build()?;
//! let service = PartnerService::builder(&ports).build()?;
//!
//! // Greenhouse sends the key as the Basic auth username with an empty password.
//! # use base64::{Engine as _, engine::general_purpose::STANDARD};
//! let basic = STANDARD.encode(format!("{}:", key.into_secret().expose()));
//! let request = http::Request::get("/api/greenhouse/list-tests")
//!     .header("authorization", format!("Basic {basic}"))
//!     .body(Bytes::new())?;
//! let response = service.handle(request).await;
//! assert_eq!(
//!     response.body(),
//!     r#"[{"partner_test_id":"sc-1","partner_test_name":"Discovery Call"}]"#
//! );
//!
//! // Values that a person enters in Greenhouse.
//! let set_up = service.set_up(&account).await?.assessments.expect("the account has settings");
//! assert_eq!(set_up.list_tests.as_str(), "https://assess.example/api/greenhouse/list-tests");
//! assert!(set_up.to_string().contains("partners@greenhouse.io"));
//! # Ok(())
//! # }
//! ```

mod assessments;
mod auth;
mod callback;
mod config;
mod direction;
mod error;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod health;
mod keys;
mod last_seen;
mod managed_hooks;
mod notices;
mod product;
mod reader;
mod reports;
mod request_refusal;
mod service;
mod set_up;
mod settings;
mod texts;
mod trace;
mod unknown_credentials;
mod webhooks;
mod writer;

pub use auth::BasicError;
pub use callback::{CallbackPolicy, CallbackPolicyError, CallbackRefusal};
pub use config::PartnerConfig;
pub use direction::Partner;
pub use error::PartnerError;
pub use health::{HookState, HookStates, RefusedDelivery};
pub use keys::{KeysError, NewPartnerKey, PartnerKeyView, PartnerKeys};
pub use managed_hooks::{
    HookAction, HookManagement, HookOutcome, HookReport, HookResult, ManagedHookView,
    Permission as HookPermission,
};
pub use request_refusal::RequestRefusal;
pub use service::{PartnerService, PartnerServiceBuilder};
pub use set_up::{AssessmentSetUp, SetUp, ValidKey, WebhookSetUp};
pub use settings::{PartnerSettings, SettingsPart};
pub use webhooks::{Progress, ReconcileError, Reconciliation};
