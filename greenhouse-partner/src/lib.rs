//! Greenhouse to product: what Greenhouse calls, and what follows from it.
//!
//! - **Assessment partner.** Greenhouse lists the product's scenarios, sends candidates, asks how far they are and shows
//!   the result; once a candidate has finished, Greenhouse is told.
//! - **Webhooks.** Greenhouse reports what became of candidates that were pushed from here, and the product learns of it.
//!
//! A [`PartnerService`] answers plain [`http`] requests, so that it runs in any framework, and leaves work behind that
//! the host has it do in a loop, on every machine: see [`Background`](greenhouse_core::Background).
//!
//! | endpoint | method |
//! |---|---|
//! | `GET /api/greenhouse/list-tests` | [`list_tests`](PartnerService::list_tests) |
//! | `POST /api/greenhouse/send-test` | [`send_test`](PartnerService::send_test) |
//! | `GET /api/greenhouse/test-status` | [`test_status`](PartnerService::test_status) |
//! | `GET /api/greenhouse/report/{assessment}` | [`report_link`](PartnerService::report_link), [`open_report`](PartnerService::open_report) |
//! | `POST /api/greenhouse/response-error` | [`response_error`](PartnerService::response_error) |
//! | `POST /api/webhooks/greenhouse/{hook key}` | [`webhook`](PartnerService::webhook) |
//!
//! The product calls [`assessment_changed`](PartnerService::assessment_changed) when a candidate gets on, and
//! [`revoke_report_links`](PartnerService::revoke_report_links) to close a report. What a person has to do in Greenhouse
//! says [`SetUp`].
//!
//! # Example
//!
//! Doubles stand for the product, the transport and the clock here; a host brings its own.
//!
//! ```
//! use std::sync::Arc;
//!
//! use bytes::Bytes;
//! use greenhouse_core::{
//!     AccountId, ReportAddress, ScenarioId, Secret,
//!     platform::Scenario,
//!     report_link::{ReportLinkKey, ReportLinks},
//!     settings::{AccountSettings, AssessmentSettings, FixedSettings, PartnerKey},
//!     store::memory::MemoryStore,
//!     testing::{FakePlatform, ManualClock, ScriptedTransport},
//! };
//! use greenhouse_partner::{PartnerConfig, PartnerParts, PartnerService};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let account = AccountId::new("acme");
//! let key = PartnerKey::mint()?;
//! let signing = ReportLinkKey::new("2026", Secret::new("at least 32 bytes that nobody knows"))?;
//! let mut settings = AccountSettings::new(ReportLinks::new(signing, vec![]));
//! settings.assessments = Some(AssessmentSettings::new(vec![key.digest()]));
//! let settings = Arc::new(FixedSettings::new([(account.clone(), settings)], None)?);
//!
//! let platform = FakePlatform::new();
//! let scenario = Scenario { id: ScenarioId::new("sc-1"), name: "Discovery Call".to_owned() };
//! platform.add_scenario(&account, scenario);
//!
//! let reports = ReportAddress::new("https://assess.example".parse()?, settings.clone())?;
//! let service = PartnerService::new(PartnerParts {
//!     store: Arc::new(MemoryStore::new()),
//!     settings,
//!     platform: Arc::new(platform),
//!     transport: Arc::new(ScriptedTransport::new()),
//!     clock: Arc::new(ManualClock::at("2026-11-23T10:00:00Z".parse()?)),
//!     reports: Arc::new(reports),
//!     reader: None,
//!     config: PartnerConfig::default(),
//! });
//!
//! // Greenhouse comes with the key as the user and an empty password; the host hands the request over.
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
//! // What a person tells Greenhouse so that it does.
//! let set_up = service.set_up(&account).await?.assessments.expect("the account has settings");
//! assert_eq!(set_up.list_tests.as_str(), "https://assess.example/api/greenhouse/list-tests");
//! assert!(set_up.to_string().contains("partners@greenhouse.io"));
//! # Ok(())
//! # }
//! ```

mod auth;
mod background;
mod callback;
mod config;
mod endpoint;
mod error;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod heard;
mod keys;
mod notice;
mod operator;
mod progress;
mod reconciliation;
mod service;
mod set_up;
mod settings;
mod together;
mod work_log;

pub use auth::BasicError;
pub use callback::{CallbackPolicy, CallbackPolicyError, CallbackRefusal};
pub use config::PartnerConfig;
pub use endpoint::{
    list_tests::PartnerTest,
    report::{ReportLink, ReportRefusal},
    response_error::ErrorTaken,
    send_test::SentTest,
    test_status::{Metadata, TestStatus},
};
pub use error::PartnerError;
pub use keys::{KeysError, NewPartnerKey, PartnerKeyView, PartnerKeys};
pub use reconciliation::{Progress, ReconcileError, Reconciliation};
pub use service::{PartnerParts, PartnerService};
pub use set_up::{AssessmentSetUp, SetUp, ValidKey, WebhookSetUp};
pub use settings::{PartnerSettings, SettingsPart};
