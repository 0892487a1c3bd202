//! What a person does in Greenhouse so that it calls here, in Greenhouse's own words.

mod assessments;
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

/// What a person does in Greenhouse to connect an account: values for a settings page, and, shown, a text with numbered
/// steps.
///
/// Addresses and events are those that are served and read, and the steps keep Greenhouse's labels. A direction that is
/// switched off has its steps too, which then begin with the switch. It holds no secret but the hook key.
///
/// # The endpoint
///
/// Under `/api/integrations/greenhouse`, with JSON out, which no cache keeps:
///
/// | endpoint | answer |
/// |---|---|
/// | `GET set-up` | `{"assessments": {"list_tests", "send_test", "test_status", "response_error", "enabled", "valid_keys": [ValidKey], "completion_set", "text"}, "sync": {"endpoint_url", "events": [{"action", "label"}], "enabled", "text"}}`; null for a direction without settings |
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetUp {
    /// How Greenhouse comes to send candidates.
    pub assessments: Option<AssessmentSetUp>,
    /// How Greenhouse comes to tell what becomes of them.
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
        // A host can keep its settings elsewhere.
        let assessments = settings.assessments(account).await?;
        let sync = settings.sync(account).await?;
        let (assessments, sync) = (assessments.as_deref(), sync.as_deref());
        Ok(Self::new(base, assessments, sync, now))
    }

    /// The set-up of an account with these settings, on a host with this public address.
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
            (None, None) => f.write_str("Neither the assessments nor the sync have settings.\n"),
        }
    }
}

/// What stands before the steps: why they would lead nowhere at present.
struct Obstacles {
    on: bool,
    https: bool,
}

impl fmt::Display for Obstacles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.on {
            f.write_str(
                "This is switched off: until it is switched on (\"enabled\"), Greenhouse is answered with 404.\n",
            )?;
        }
        if !self.https {
            f.write_str(
                "Greenhouse takes https addresses alone: give this host one first, as its public address.\n",
            )?;
        }
        f.write_str("\n")
    }
}
