use std::fmt;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    integration::PublicRoute,
    settings::{AssessmentSettings, PartnerKeyRecord},
};
use serde::Serialize;
use url::Url;

use super::steps::{SetUpStep, SetUpSteps};
use crate::texts::{set_up as texts, time};

/// Steps after which Greenhouse sends candidates for assessment.
///
/// [Greenhouse's page](https://developers.greenhouse.io/assessment.html) documents that a new
/// partner sends four addresses and a sample key to partners@greenhouse.io. [Another
/// page](https://support.greenhouse.io/hc/en-us/articles/5888163696923) documents that a customer
/// gives its key to Greenhouse Support outside the ticket, and how to add the stage. That
/// Greenhouse issues a separate credential for completion notices was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "openapi",
    schemars(description = "Steps after which Greenhouse sends candidates for assessment.")
)]
#[non_exhaustive]
pub struct AssessmentSetUp {
    /// Address that Greenhouse calls `list_tests`.
    pub list_tests: Url,
    /// Address that Greenhouse calls `send_test`.
    pub send_test: Url,
    /// Address that Greenhouse calls `test_status`.
    pub test_status: Url,
    /// Address that Greenhouse calls `response_error`.
    pub response_error: Url,
    /// `true` if assessments are switched on.
    pub enabled: bool,
    /// Valid partner keys, without the keys themselves.
    pub valid_keys: Vec<ValidKey>,
    /// `true` if the completion credential is stored.
    pub completion_set: bool,
    /// Page, command or endpoint that creates a key. It completes the sentence "Create a partner
    /// key with". A host can set its own.
    #[serde(skip)]
    pub key_is_made_by: String,
}

/// Valid partner key, without the key itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ValidKey {
    /// Id of the key.
    pub id: String,
    /// First characters of the key, if known.
    pub prefix: Option<String>,
    /// Expiry time. `None` if the key does not expire.
    pub expires_at: Option<DateTime<Utc>>,
}

impl AssessmentSetUp {
    /// Creates the set-up of an account with these settings, on a host with this public address.
    pub fn new(base: &Url, settings: &AssessmentSettings, now: DateTime<Utc>) -> Self {
        let keys = settings.partner_keys.iter();
        Self {
            list_tests: PublicRoute::ListTests.url(base),
            send_test: PublicRoute::SendTest.url(base),
            test_status: PublicRoute::TestStatus.url(base),
            response_error: PublicRoute::ResponseError.url(base),
            enabled: settings.enabled,
            valid_keys: keys
                .filter(|key| key.is_valid(now))
                .map(ValidKey::of)
                .collect(),
            completion_set: settings.completion.is_some(),
            key_is_made_by: "`POST /api/integrations/greenhouse/keys`".to_owned(),
        }
    }
}

impl ValidKey {
    fn of(key: &PartnerKeyRecord) -> Self {
        Self {
            id: key.id(),
            prefix: key.prefix.clone(),
            expires_at: key.expires_at,
        }
    }
}

impl fmt::Display for AssessmentSetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = texts::assessments_title();
        let mut steps = SetUpSteps::new(title, self.enabled, &self.list_tests);
        let mut make_key = SetUpStep::from(texts::make_key(&self.key_is_made_by));
        if self.valid_keys.is_empty() {
            make_key = make_key.text(&texts::no_valid_key());
        }
        for key in &self.valid_keys {
            make_key = make_key.text(&texts::valid_key(&key.to_string()));
        }
        steps.push(make_key);
        let Self {
            list_tests,
            send_test,
            test_status,
            response_error,
            ..
        } = self;
        let register = SetUpStep::from(texts::register_partner())
            .item(format_args!("list_tests      {list_tests}"))
            .item(format_args!("send_test       {send_test}"))
            .item(format_args!("test_status     {test_status}"))
            .item(format_args!("response_error  {response_error}"));
        steps.push(register);
        steps.push(texts::hand_over_key());
        steps.push(if self.completion_set {
            texts::completion_credential_stored()
        } else {
            texts::ask_for_completion_credential()
        });
        steps.push(texts::add_stage());
        steps.push(texts::choose_test());
        steps.push(texts::automate_test());
        steps.push(texts::try_test());
        steps.fmt(f)
    }
}

impl fmt::Display for ValidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expires_at = self.expires_at.map(time);
        let key = texts::key(&self.id, self.prefix.as_deref(), expires_at.as_deref());
        f.write_str(&key)
    }
}
