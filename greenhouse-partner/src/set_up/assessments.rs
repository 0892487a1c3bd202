use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use greenhouse_core::{
    integration::PublicRoute,
    settings::{AssessmentSettings, PartnerKeyRecord},
};
use serde::Serialize;
use url::Url;

use super::Obstacles;

/// What a person does so that Greenhouse sends candidates for assessment.
///
/// That a new partner sends four addresses and a sample key to partners@greenhouse.io is documented on [Greenhouse's
/// page](https://developers.greenhouse.io/assessment.html); that a customer brings its key to Greenhouse Support, not within the
/// ticket, and how the stage is added, on [another](https://support.greenhouse.io/hc/en-us/articles/5888163696923). That
/// the completion call has a credential of its own, which Greenhouse hands out, was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AssessmentSetUp {
    /// What Greenhouse calls `list_tests`.
    pub list_tests: Url,
    /// What Greenhouse calls `send_test`.
    pub send_test: Url,
    /// What Greenhouse calls `test_status`.
    pub test_status: Url,
    /// What Greenhouse calls `response_error`.
    pub response_error: Url,
    /// Whether the assessments are switched on.
    pub enabled: bool,
    /// The partner keys that Greenhouse may come with. What a key is was shown when it was made.
    pub valid_keys: Vec<ValidKey>,
    /// Whether the credential of the completion call is there.
    pub completion_set: bool,
    /// How a person makes a key, which the text ends a sentence with. A host whose own page or command does it says so here.
    #[serde(skip)]
    pub key_is_made_by: String,
}

/// A partner key that opens the endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ValidKey {
    /// What the key is called here.
    pub id: String,
    /// How the key begins, where that is known.
    pub prefix: Option<String>,
    /// Until when it opens them, where that has an end.
    pub expires_at: Option<DateTime<Utc>>,
}

impl AssessmentSetUp {
    /// The set-up of an account with these settings, on a host with this public address.
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
        let Self {
            list_tests,
            send_test,
            test_status,
            response_error,
            key_is_made_by,
            ..
        } = self;
        let obstacles = Obstacles {
            on: self.enabled,
            https: list_tests.scheme() == "https",
        };
        write!(
            f,
            "Assessments: Greenhouse sends candidates here\n\
             {obstacles}\
             1. Make a partner key with {key_is_made_by}.\n\
             \x20  It is shown once and never again: copy it at once.\n"
        )?;
        if self.valid_keys.is_empty() {
            f.write_str("   There is no valid key yet.\n")?;
        }
        for key in &self.valid_keys {
            writeln!(f, "   Valid already: {key}")?;
        }
        write!(
            f,
            "2. Only if your product is new to Greenhouse: send a sample key and these four addresses to\n\
             \x20  partners@greenhouse.io\n\
             \x20    list_tests      {list_tests}\n\
             \x20    send_test       {send_test}\n\
             \x20    test_status     {test_status}\n\
             \x20    response_error  {response_error}\n\
             3. Give the customer a key. The customer opens a ticket with Greenhouse Support and asks for your integration.\n\
             \x20  The key must not stand in the ticket: Support answers with a SendSafely link, where it is entered.\n"
        )?;
        f.write_str(if self.completion_set {
            "4. The credential of the completion call is there already.\n"
        } else {
            "4. Ask Greenhouse for the credential of the completion call: a user name with a password, or a single key.\n   \
             It is not the partner key. Save it as \"completion\" in the settings of the assessments.\n   \
             Until it is there, Greenhouse learns of results only when it asks.\n"
        })?;
        f.write_str(
            "5. The customer adds the stage, for each job: Jobs > the job > Job Setup > Interview Plan > Add stage, choose\n   \
             your integration's stage, Add.\n\
             6. At the new stage, the customer clicks Edit \"Take Home Test\", chooses the test and at least one person who\n   \
             grades, and saves.\n\
             7. To try it, move a candidate to the stage and click \"Send Test\".\n",
        )
    }
}

impl fmt::Display for ValidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)?;
        if let Some(prefix) = &self.prefix {
            write!(f, ", which begins with {prefix}")?;
        }
        if let Some(end) = self.expires_at {
            let end = end.to_rfc3339_opts(SecondsFormat::Secs, true);
            write!(f, ", until {end}")?;
        }
        Ok(())
    }
}
