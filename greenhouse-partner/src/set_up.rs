//! Steps that connect an account with Greenhouse.

mod assessments;
mod steps;
mod webhooks;

use std::fmt;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    settings::{AssessmentSettings, Settings, SyncSettings},
    store::{Records, StoreError},
};
use url::Url;

pub use self::{
    assessments::{AssessmentSetUp, ValidKey},
    webhooks::WebhookSetUp,
};
use crate::texts::set_up as texts;

/// Steps that connect an account with Greenhouse: values for a settings page, and a text with
/// numbered steps as its `Display`.
///
/// The addresses and events are those that this server serves and reads, and the steps use
/// Greenhouse's labels. If assessments or the sync are switched off, a line before their steps
/// says so. The text contains no secret except the hook key.
///
/// # Endpoint
///
/// Under `/api/integrations/greenhouse`. The response is not cached:
///
/// | endpoint | response |
/// |---|---|
/// | `GET set-up` | `{"assessments", "sync"}`; each is null if it has no settings |
///
/// Members of `assessments`: `list_tests`, `send_test`, `test_status`, `response_error`, `enabled`,
/// `valid_keys` (a list of [`ValidKey`]), `completion_set` and `text`. Members of `sync`:
/// `endpoint_url`, `events` (a list of `{"action", "label"}`), `enabled` and `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetUp {
    /// Steps after which Greenhouse sends candidates.
    pub assessments: Option<AssessmentSetUp>,
    /// Steps after which Greenhouse sends webhooks.
    pub sync: Option<WebhookSetUp>,
}

impl SetUp {
    /// Reads the set-up of an account, on a host with this public address.
    pub(crate) async fn read(
        records: &dyn Records,
        settings: &dyn Settings,
        base: &Url,
        account: &AccountId,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        if let Some(record) = records.account(account).await? {
            let own = &record.settings;
            let (assessments, sync) = (own.assessments.as_ref(), own.sync.as_ref());
            return Ok(Self::new(base, assessments, sync, now));
        }
        // A host can store its settings elsewhere.
        let assessments = settings.assessments(account).await?;
        let sync = settings.sync(account).await?;
        let (assessments, sync) = (assessments.as_deref(), sync.as_deref());
        Ok(Self::new(base, assessments, sync, now))
    }

    /// Creates the set-up of an account with these settings, on a host with this public address.
    pub fn new(
        base: &Url,
        assessments: Option<&AssessmentSettings>,
        sync: Option<&SyncSettings>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            assessments: assessments.map(|own| AssessmentSetUp::new(base, own, now)),
            sync: sync.map(|own| WebhookSetUp::new(base, own)),
        }
    }
}

impl fmt::Display for SetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.assessments, &self.sync) {
            (Some(assessments), Some(sync)) => write!(f, "{assessments}\n{sync}"),
            (Some(assessments), None) => assessments.fmt(f),
            (None, Some(sync)) => sync.fmt(f),
            (None, None) => writeln!(f, "{}", texts::nothing_to_set_up()),
        }
    }
}
