use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use url::Url;

use super::Person;
use crate::{InvitationId, ScenarioId};

/// Request to invite a candidate to a scenario.
#[derive(Debug, Clone)]
pub struct Invite {
    /// Idempotency key: requests with the same id are the same request.
    pub invitation: InvitationId,
    /// Scenario to take.
    pub scenario: ScenarioId,
    /// Candidate. The e-mail address is always set.
    pub person: Person,
    /// Everything else that Greenhouse sent about the candidate and the request.
    pub details: InviteDetails,
}

impl Invite {
    /// Creates a request without details.
    pub fn new(invitation: InvitationId, scenario: ScenarioId, person: Person) -> Self {
        Self {
            invitation,
            scenario,
            person,
            details: InviteDetails::default(),
        }
    }
}

/// Optional parts of a `send_test` request. A part is `None` if Greenhouse did not send it, or if
/// it has since been erased. Debug shows no personal data.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InviteDetails {
    /// Name by which the candidate prefers to be called.
    pub preferred_name: Option<String>,
    /// Phone number of the candidate.
    pub phone_number: Option<String>,
    /// Link to the candidate's résumé.
    pub resume: Option<ResumeLink>,
    /// Page of the candidate's application in Greenhouse. Opening it requires a Greenhouse login.
    pub profile_url: Option<Url>,
    /// E-mail address of the user who sent the test.
    pub sender: Option<String>,
    /// All other members of the request, as Greenhouse sent them. Those of the object `candidate`
    /// are under the key `candidate`. Greenhouse may add members at any time.
    pub other: Map<String, Value>,
}

impl fmt::Debug for InviteDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteDetails(..)")
    }
}

/// Link to a candidate's résumé, which opens without a login. Debug does not show the link.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResumeLink {
    /// Address of the file.
    pub url: Url,
    /// Time at which the link expires: seven days after the request. Download the file before then.
    pub expires_at: DateTime<Utc>,
}

impl ResumeLink {
    /// Creates a link.
    pub fn new(url: Url, expires_at: DateTime<Utc>) -> Self {
        Self { url, expires_at }
    }
}

impl fmt::Debug for ResumeLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumeLink")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
