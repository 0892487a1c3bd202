//! Responses of the operator endpoints. Members that no page shows are left out.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Problem;

/// `GET health`.
#[derive(Deserialize)]
pub(crate) struct Health {
    pub(crate) state: CheckState,
    pub(crate) checks: Vec<Check>,
}

/// Result of one health check.
#[derive(Deserialize)]
pub(crate) struct Check {
    pub(crate) name: String,
    pub(crate) state: CheckState,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) remedy: Option<String>,
    #[serde(default)]
    pub(crate) lines: Vec<String>,
}

/// State of a health check, ordered from best to worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CheckState {
    Ok,
    Warning,
    Problem,
}

/// `GET settings/{part}`. The settings stay JSON: a page changes its own members and sends the
/// others back unchanged.
#[derive(Deserialize)]
pub(crate) struct Settings {
    pub(crate) version: u64,
    /// `null` if nothing is stored yet.
    pub(crate) settings: Value,
}

/// `PUT settings/{part}`.
#[derive(Serialize)]
pub(crate) struct SettingsChange {
    pub(crate) version: u64,
    pub(crate) settings: Value,
}

/// `GET account`.
#[derive(Deserialize)]
pub(crate) struct AccountState {
    pub(crate) enabled: bool,
}

/// `GET keys`.
#[derive(Deserialize)]
pub(crate) struct Keys {
    pub(crate) keys: Vec<Key>,
}

/// A partner key.
#[derive(Deserialize)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) prefix: Option<String>,
    pub(crate) state: String,
    pub(crate) created_at: Option<String>,
    pub(crate) expires_at: Option<String>,
    pub(crate) last_used_at: Option<String>,
}

/// `POST keys` and `POST keys/{id}/rotate`: the only response that contains the key.
#[derive(Deserialize)]
pub(crate) struct NewKey {
    pub(crate) key: String,
}

/// `GET set-up`.
#[derive(Deserialize)]
pub(crate) struct SetUp {
    pub(crate) assessments: Option<AssessmentSetUp>,
    pub(crate) sync: Option<SyncSetUp>,
}

/// What to enter in Greenhouse for assessments.
#[derive(Deserialize)]
pub(crate) struct AssessmentSetUp {
    pub(crate) list_tests: String,
    pub(crate) send_test: String,
    pub(crate) test_status: String,
    pub(crate) response_error: String,
}

/// What to enter in Greenhouse for webhooks.
#[derive(Deserialize)]
pub(crate) struct SyncSetUp {
    pub(crate) endpoint_url: String,
}

/// `GET set-up/push`.
#[derive(Deserialize)]
pub(crate) struct PushSetUpAnswer {
    pub(crate) push: Option<PushSetUp>,
    /// Scopes that every push needs. For a page without push settings.
    pub(crate) default_scopes: Vec<String>,
}

/// What the push needs in Greenhouse.
#[derive(Deserialize)]
pub(crate) struct PushSetUp {
    pub(crate) scopes: Vec<String>,
    pub(crate) scorecard_scopes: Vec<String>,
}

/// `POST settings/push/check`.
#[derive(Deserialize)]
pub(crate) struct PushChecks {
    pub(crate) checks: Vec<Check>,
    /// Problems for which `PUT settings/push` would be refused.
    pub(crate) problems: Vec<Problem>,
}

/// `GET hooks`.
#[derive(Deserialize)]
pub(crate) struct Hooks {
    pub(crate) hooks: Vec<Hook>,
    pub(crate) refused: Vec<RefusedDelivery>,
}

/// State of one webhook.
#[derive(Deserialize)]
pub(crate) struct Hook {
    pub(crate) action: String,
    pub(crate) label: String,
    /// `never`, `ok`, `silent`, `wrong_signature`, `unsigned` or `too_large`.
    pub(crate) state: String,
    pub(crate) last_received: Option<String>,
    pub(crate) last_refused: Option<String>,
}

/// Latest refused delivery for one reason.
#[derive(Deserialize)]
pub(crate) struct RefusedDelivery {
    pub(crate) reason: String,
    pub(crate) at: String,
}

/// `GET choices/jobs`.
#[derive(Deserialize)]
pub(crate) struct JobChoices {
    pub(crate) jobs: Vec<JobChoice>,
    pub(crate) product_jobs: Vec<ProductJob>,
    /// The stages of the stored settings that exist. `None` if the credential is not allowed to
    /// list stages.
    pub(crate) mapped_stages: Option<Vec<MappedStage>>,
    pub(crate) truncated: bool,
}

/// A stage that a product job is mapped to.
#[derive(Deserialize)]
pub(crate) struct MappedStage {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    pub(crate) active: bool,
}

/// An open job in Greenhouse.
#[derive(Deserialize)]
pub(crate) struct JobChoice {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    pub(crate) requisition_id: Option<String>,
}

/// A job of the product.
#[derive(Deserialize)]
pub(crate) struct ProductJob {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// `GET choices/stages`.
#[derive(Deserialize)]
pub(crate) struct StageChoices {
    pub(crate) stages: Vec<Named>,
    /// `None` if the credential is not allowed to list them.
    pub(crate) interview_kits: Option<Vec<KitChoice>>,
}

/// A stage.
#[derive(Deserialize)]
pub(crate) struct Named {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
}

/// An interview kit.
#[derive(Deserialize)]
pub(crate) struct KitChoice {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    /// Stage of the kit's interview.
    pub(crate) stage: Option<u64>,
}

/// `GET choices/users`.
#[derive(Deserialize)]
pub(crate) struct UserChoices {
    pub(crate) users: Vec<UserChoice>,
    pub(crate) truncated: bool,
}

/// An active user in Greenhouse.
#[derive(Deserialize)]
pub(crate) struct UserChoice {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) site_admin: Option<bool>,
}

/// `GET choices/fields`.
#[derive(Deserialize)]
pub(crate) struct FieldChoices {
    pub(crate) fields: Vec<FieldChoice>,
    pub(crate) truncated: bool,
}

/// A custom field in Greenhouse.
#[derive(Deserialize)]
pub(crate) struct FieldChoice {
    /// `application` or `candidate`.
    pub(crate) on: String,
    pub(crate) key: String,
    pub(crate) name: Option<String>,
    /// What the field can hold: `score`, `recommendation`, `report_link`, `trait`, ...
    pub(crate) uses: Vec<String>,
}

/// `GET choices/sources`.
#[derive(Deserialize)]
pub(crate) struct SourceChoices {
    pub(crate) sources: Vec<SourceChoice>,
    pub(crate) truncated: bool,
}

/// A source of applications.
#[derive(Deserialize)]
pub(crate) struct SourceChoice {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
}

/// `POST preview`.
#[derive(Deserialize)]
pub(crate) struct Preview {
    pub(crate) ranges: Vec<PreviewRange>,
}

/// Score range of one recommendation, and what Greenhouse receives for it.
#[derive(Deserialize)]
pub(crate) struct PreviewRange {
    pub(crate) recommendation: String,
    pub(crate) label: String,
    pub(crate) range: String,
    pub(crate) overall: String,
    pub(crate) attribute_rating: String,
}

/// `POST settings/push/estimate`.
#[derive(Deserialize)]
pub(crate) struct Estimate {
    pub(crate) days: u32,
    pub(crate) completed: u64,
    pub(crate) pushed: u64,
    pub(crate) invited: u64,
    pub(crate) without_score: u64,
    pub(crate) below_minimum: u64,
    pub(crate) manual: u64,
    pub(crate) unread: u64,
    pub(crate) complete: bool,
}

/// `GET sync-log`.
#[derive(Deserialize)]
pub(crate) struct LogPage {
    pub(crate) entries: Vec<LogEntry>,
    /// Value of `before` for the next page.
    pub(crate) next: Option<i64>,
}

/// Entry of the sync log.
#[derive(Deserialize)]
pub(crate) struct LogEntry {
    pub(crate) id: i64,
    pub(crate) at: String,
    /// `to_greenhouse` or `from_greenhouse`.
    pub(crate) direction: String,
    pub(crate) subject: String,
    /// `done`, `skipped`, `pending` or `failed`.
    pub(crate) status: String,
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) assessment: Option<String>,
    pub(crate) invitation: Option<String>,
    pub(crate) application: Option<i64>,
    pub(crate) candidate: Option<i64>,
    pub(crate) greenhouse_url: Option<String>,
    /// Candidates to choose from.
    #[serde(default)]
    pub(crate) candidates: Vec<i64>,
    /// `true` if the operation can be retried.
    pub(crate) retry: bool,
    /// `true` if the trigger skipped the assessment and a person can push it.
    pub(crate) push: bool,
}

/// `GET sync-log/summary`.
#[derive(Deserialize)]
pub(crate) struct Summary {
    pub(crate) days: Vec<Day>,
    pub(crate) open: OpenOperations,
}

/// Entries of one day.
#[derive(Deserialize)]
pub(crate) struct Day {
    /// Such as `2026-11-30`, in UTC.
    pub(crate) date: String,
    pub(crate) pushes: Counts,
    pub(crate) from_greenhouse: Counts,
}

/// Number of entries by status.
#[derive(Clone, Copy, Default, Deserialize)]
pub(crate) struct Counts {
    pub(crate) done: u64,
    pub(crate) skipped: u64,
    pub(crate) pending: u64,
    pub(crate) failed: u64,
}

/// Operations that are failed or pending.
#[derive(Deserialize)]
pub(crate) struct OpenOperations {
    pub(crate) failed: u64,
    pub(crate) pending: u64,
    pub(crate) oldest: Option<String>,
}

/// `POST sync-log/retry-failed`.
#[derive(Deserialize)]
pub(crate) struct Retried {
    pub(crate) queued: u64,
    pub(crate) refused: Vec<RefusedRetry>,
    pub(crate) next: Option<i64>,
}

/// Entry that could not be retried.
#[derive(Deserialize)]
pub(crate) struct RefusedRetry {
    /// Entry of the sync log.
    pub(crate) log: i64,
    pub(crate) code: String,
    pub(crate) message: String,
}

/// `GET push/{assessment}` and `POST push/{assessment}`.
#[derive(Deserialize)]
pub(crate) struct Push {
    /// `queued`, `waiting`, `running`, `done` or `failed`.
    pub(crate) state: String,
    pub(crate) greenhouse_url: Option<String>,
    /// Entry of the sync log.
    pub(crate) log: Option<i64>,
    pub(crate) steps: Vec<Step>,
    /// Reason for the failure.
    #[serde(default)]
    pub(crate) error: Option<PushProblem>,
    /// Reason for the wait.
    #[serde(default)]
    pub(crate) wait: Option<PushProblem>,
}

/// Reason why a push failed or waits.
#[derive(Deserialize)]
pub(crate) struct PushProblem {
    pub(crate) code: String,
    pub(crate) message: String,
    /// Candidates to choose from.
    #[serde(default)]
    pub(crate) candidates: Vec<i64>,
    /// Time before which a retry is refused, or of the next attempt.
    #[serde(default)]
    pub(crate) retry_at: Option<String>,
}

/// Step of a push.
#[derive(Deserialize)]
pub(crate) struct Step {
    pub(crate) step: String,
    /// `done`, `found`, `running`, `unknown`, `partial` or `not_done`.
    pub(crate) state: String,
    pub(crate) began_at: String,
    pub(crate) ended_at: Option<String>,
}
