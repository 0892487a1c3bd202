//! Responses of the operator endpoints. Members that no page shows are left out.

use std::collections::BTreeMap;

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

/// `GET connection`.
#[derive(Deserialize)]
pub(crate) struct Connection {
    /// `no_partner_app`, `not_connected`, `connected`, `ended` or `unknown`.
    pub(crate) status: String,
    pub(crate) connected_at: Option<String>,
    pub(crate) user: Option<i64>,
    pub(crate) site_admin: Option<bool>,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) missing_scopes: Vec<String>,
    pub(crate) message: Option<String>,
    pub(crate) remedy: Option<String>,
    pub(crate) confirmable_until: Option<String>,
}

impl Connection {
    /// Returns `true` if a user has connected the account.
    pub(crate) fn is_known(&self) -> bool {
        !matches!(self.status.as_str(), "not_connected" | "no_partner_app")
    }
}

/// `POST connection`.
#[derive(Deserialize)]
pub(crate) struct ConnectionReport {
    pub(crate) authorize_url: Option<String>,
    pub(crate) confirm: Option<String>,
}

/// `GET hooks`.
#[derive(Deserialize)]
pub(crate) struct Hooks {
    pub(crate) hooks: Vec<Hook>,
    pub(crate) refused: Vec<RefusedDelivery>,
    #[serde(default)]
    pub(crate) management: HookManagement,
}

/// The webhooks that the server created in Greenhouse. Empty from a server that cannot create them.
#[derive(Default, Deserialize)]
pub(crate) struct HookManagement {
    pub(crate) permission: HookPermission,
    pub(crate) hooks: Vec<ManagedHook>,
    pub(crate) last_check: Option<String>,
    pub(crate) failure: Option<String>,
    pub(crate) failure_remedy: Option<String>,
}

/// Whether the server may create webhooks. `None` in `allowed` if this is not known.
#[derive(Default, Deserialize)]
pub(crate) struct HookPermission {
    pub(crate) allowed: Option<bool>,
    pub(crate) message: Option<String>,
    pub(crate) remedy: Option<String>,
}

/// Webhook that the server created.
#[derive(Deserialize)]
pub(crate) struct ManagedHook {
    pub(crate) action: String,
    pub(crate) id: Option<i64>,
    pub(crate) defects: Vec<String>,
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

/// `GET backfill`.
#[derive(Deserialize)]
pub(crate) struct Backfill {
    pub(crate) mode: String,
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    pub(crate) days: u32,
    pub(crate) share: u32,
    pub(crate) scope: String,
    pub(crate) counted: Option<BackfillCounts>,
    pub(crate) counts: BackfillCounts,
    pub(crate) waiting: u64,
    pub(crate) seconds_left: Option<u64>,
}

#[derive(Deserialize)]
pub(crate) struct BackfillCounts {
    pub(crate) seen: u64,
    pub(crate) taken: u64,
    pub(crate) pushed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: BTreeMap<String, u64>,
}

impl Backfill {
    pub(crate) fn is_running(&self) -> bool {
        self.state == "running"
    }

    pub(crate) fn is_unfinished(&self) -> bool {
        self.is_running() || self.state == "paused"
    }

    /// Number of ended pushes, and of those that are expected in all.
    pub(crate) fn progress(&self) -> (u64, u64) {
        let announced = self.counted.as_ref().map_or(0, |counted| counted.taken);
        let ended = self.counts.pushed.saturating_add(self.counts.failed);
        (ended, announced.max(self.counts.taken))
    }
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
