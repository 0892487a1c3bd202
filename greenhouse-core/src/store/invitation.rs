use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use url::Url;

use super::{Erasure, PersonKey};
use crate::{AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId, ScenarioId};

/// One `send_test` of Greenhouse. Debug shows no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Invitation {
    /// The id that Greenhouse got as `partner_interview_id`. Key of the record.
    pub id: InvitationId,
    /// What names the request: a second request with the same key is the same invitation.
    pub request: RequestKey,
    /// What is to be taken.
    pub scenario: ScenarioId,
    /// Who is to take it.
    pub person: InvitedPerson,
    /// The candidate in Greenhouse, where the request told it.
    pub candidate: Option<CandidateId>,
    /// The application in Greenhouse, where the request told it.
    pub application: Option<ApplicationId>,
    /// Where the completion call goes; absent in requests before autumn 2019.
    pub callback: Option<Url>,
    /// The product's assessment, once the product has answered.
    pub assessment: Option<AssessmentId>,
    /// How far it is.
    pub state: InvitationState,
    /// When the candidate last finished, as the product told: another time is another result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<DateTime<Utc>>,
    /// How far telling Greenhouse of its end is.
    pub notice: NoticeState,
    /// When the request came in.
    pub created_at: DateTime<Utc>,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

impl Invitation {
    /// A new invitation that the product does not know yet.
    pub fn new(
        id: InvitationId,
        request: RequestKey,
        scenario: ScenarioId,
        person: InvitedPerson,
        created_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            request,
            scenario,
            person,
            candidate: None,
            application: None,
            callback: None,
            assessment: None,
            state: InvitationState::Received,
            completed_at: None,
            notice: NoticeState::None,
            created_at,
            version: 0,
        }
    }

    /// Drops what an erasure takes: parts of the person, and a request key that was made of the address.
    pub fn erase(&mut self, erasure: &Erasure) {
        self.person.erase(erasure);
        if erasure.takes_email() && self.request.0.starts_with(OF_PERSON) {
            self.request = RequestKey(format!("erased:{}", self.id));
        }
    }
}

/// What names a `send_test` request: the last segment of its `url`, else test and e-mail (digested).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestKey(String);

impl RequestKey {
    /// Takes the text as it is. It must hold no personal data.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The key of a request that only test and e-mail address name, as a digest: it can be guessed by whoever knows both,
    /// so it is erased with the address. Letter case of the address does not count.
    pub fn of_person(scenario: &ScenarioId, email: &str) -> Self {
        let mut digest = Sha256::new();
        for part in [scenario.as_str(), &email.to_lowercase()] {
            digest.update(part);
            digest.update([0]);
        }
        let digest = digest.finalize();
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self([OF_PERSON, &hex].concat())
    }

    /// The text of the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The person of an invitation. Each part is gone after its erasure.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InvitedPerson {
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// What else the request said, as it was sent: members that Greenhouse may add at any time, and those that nothing
    /// here needs. It may tell anything about anybody, so it goes with any part of the person.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub more: Map<String, Value>,
}

impl InvitedPerson {
    /// A person of whom no more is known.
    pub fn new(
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        email: impl Into<String>,
    ) -> Self {
        Self {
            first_name: Some(first_name.into()),
            last_name: Some(last_name.into()),
            email: Some(email.into()),
            more: Map::new(),
        }
    }

    /// Who it is within the account; none without an e-mail address.
    pub fn key(&self, account: &AccountId) -> Option<PersonKey> {
        let email = self.email.as_deref()?;
        Some(PersonKey::of_email(account, email))
    }

    fn erase(&mut self, erasure: &Erasure) {
        self.more.clear();
        if erasure.takes_name() {
            self.first_name = None;
            self.last_name = None;
        }
        if erasure.takes_email() {
            self.email = None;
        }
    }
}

impl fmt::Debug for InvitedPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitedPerson(..)")
    }
}

/// How far an invitation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum InvitationState {
    /// Durable here; the product has not answered yet.
    Received,
    /// The product has invited the candidate.
    Invited,
    /// The candidate has begun.
    Started,
    /// The candidate has finished.
    Completed,
    /// The product took it back.
    Withdrawn,
    /// It was not finished in time.
    Expired,
    /// The product refused to invite.
    Refused,
    /// It had ended, and is open to the candidate again: to be taken once more, or for longer.
    Reopened,
}

impl InvitationState {
    /// Whether nothing more is expected of the candidate.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Withdrawn | Self::Expired | Self::Refused
        )
    }
}

/// How far the completion notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoticeState {
    /// There was nothing to tell yet.
    None,
    /// Due, or being repeated: there is one piece of work for it.
    Due,
    /// Taken by Greenhouse.
    Taken,
    /// Refused for good; a person can have it sent again.
    Refused,
}

const OF_PERSON: &str = "person:";
