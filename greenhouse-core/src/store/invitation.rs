use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::{ErasedPart, Erasure, PersonKey, RequestKey, StatusRecord};
use crate::{
    AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId, ScenarioId, StageId,
    person::identity,
};

/// One `send_test` request from Greenhouse, or one [test of a stage](crate::stage_test). Debug
/// output contains no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Invitation {
    /// Id that Greenhouse received as `partner_interview_id`. Key of the record.
    pub id: InvitationId,
    /// Key of the request. A second request with the same key is the same invitation.
    pub request: RequestKey,
    /// Scenario to take.
    pub scenario: ScenarioId,
    /// Person who takes the scenario.
    pub person: InvitedPerson,
    /// Candidate in Greenhouse, if the request names it.
    pub candidate: Option<CandidateId>,
    /// Application in Greenhouse, if the request names it.
    pub application: Option<ApplicationId>,
    /// Stage whose test this is. `None` for a `send_test` request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageId>,
    /// URL of the completion call. Absent in requests before autumn 2019, and for the test of a
    /// stage.
    pub callback: Option<Url>,
    /// The product's assessment, once the product has created it.
    pub assessment: Option<AssessmentId>,
    /// State of the invitation.
    pub state: InvitationState,
    /// Time at which the candidate last finished, according to the product. A different time means
    /// a new result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<DateTime<Utc>>,
    /// State of the completion notice.
    pub notice: NoticeState,
    /// Status of the test in a custom field of the application.
    #[serde(default, skip_serializing_if = "StatusRecord::is_empty")]
    pub status_field: StatusRecord,
    /// Time of the request.
    pub created_at: DateTime<Utc>,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

impl Invitation {
    /// Creates an invitation that has not been passed to the product yet.
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
            stage: None,
            callback: None,
            assessment: None,
            state: InvitationState::Received,
            completed_at: None,
            notice: NoticeState::None,
            status_field: StatusRecord::default(),
            created_at,
            version: 0,
        }
    }

    /// Drops the [other members](InvitedPerson::more) of the request once the product has created
    /// the assessment or the invitation has ended. Only the product's invitation needs them.
    pub fn drop_read_members(&mut self) {
        if self.assessment.is_some() || self.state.is_final() {
            self.person.more = Map::new();
        }
    }

    /// Erases parts of the person, and a request key that was derived from the address. Returns
    /// `true` if the invitation changed.
    pub fn erase(&mut self, erasure: &Erasure) -> bool {
        let before = self.clone();
        self.person.erase(erasure);
        if erasure.erases(ErasedPart::EmailAddress) && self.request.contains_email() {
            self.request = RequestKey::erased(&self.id);
        }
        *self != before
    }

    /// Returns `true` if a request with this invitation's callback address is for the same test and
    /// candidate. Ignores values that the request lacks, or that the invitation lacks or has
    /// erased.
    pub fn is_repeated_by(
        &self,
        scenario: &ScenarioId,
        candidate: Option<CandidateId>,
        email: &str,
    ) -> bool {
        let known = self.person.email.as_deref();
        self.scenario == *scenario
            && self
                .candidate
                .is_none_or(|own| candidate.is_none_or(|other| own == other))
            && known.is_none_or(|own| identity(own) == identity(email))
    }
}

/// Invited person. Erased parts are `None`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InvitedPerson {
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// Other members of the request, unchanged, until the product has received them. Greenhouse may
    /// add members at any time. A member with an unknown meaning may contain any personal data, so
    /// it is erased as soon as the name, the address or any other part of the person is.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub more: Map<String, Value>,
}

impl InvitedPerson {
    /// Creates a person without other members.
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

    /// The person's key within the account. `None` without an e-mail address.
    pub fn key(&self, account: &AccountId) -> Option<PersonKey> {
        let email = self.email.as_deref()?;
        Some(PersonKey::of_email(account, email))
    }

    fn erase(&mut self, erasure: &Erasure) {
        if erasure.erases(ErasedPart::Names) {
            self.first_name = None;
            self.last_name = None;
        }
        if erasure.erases(ErasedPart::EmailAddress) {
            self.email = None;
        }
        erase_members(&mut self.more, "", erasure);
    }
}

impl fmt::Debug for InvitedPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitedPerson(..)")
    }
}

/// State of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum InvitationState {
    /// Stored. The product has not confirmed it yet.
    Received,
    /// The product has invited the candidate.
    Invited,
    /// The candidate has started.
    Started,
    /// The candidate has finished.
    Completed,
    /// Withdrawn by the product.
    Withdrawn,
    /// Not finished in time.
    Expired,
    /// The product refused to invite the candidate.
    Refused,
    /// Opened again by the product after it had ended.
    Reopened,
}

impl InvitationState {
    /// Returns `true` if nothing more is expected from the candidate.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Withdrawn | Self::Expired | Self::Refused
        )
    }
}

/// State of the completion notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoticeState {
    /// Nothing to send yet.
    None,
    /// Due or being retried. The store has one task for the notice.
    Due,
    /// Accepted by Greenhouse.
    #[serde(rename = "taken")]
    Accepted,
    /// Refused permanently. A person can send the notice again.
    Refused,
}

/// Erases members of a request. `of` is the prefix of their paths: empty, or `candidate.`.
fn erase_members(members: &mut Map<String, Value>, of: &str, erasure: &Erasure) {
    members.retain(|name, value| {
        let path = [of, name].concat();
        if path == "candidate"
            && let Value::Object(person) = value
        {
            erase_members(person, "candidate.", erasure);
            return !person.is_empty();
        }
        let part = MEMBERS.iter().find(|(known, _)| *known == path);
        let part = part.map_or(ErasedPart::UnknownMembers, |(_, part)| *part);
        !erasure.erases(part)
    });
}

/// Documented members that contain personal data of the candidate.
const MEMBERS: [(&str, ErasedPart); 3] = [
    ("candidate.preferred_name", ErasedPart::Names),
    ("candidate.phone_number", ErasedPart::PhoneNumber),
    ("candidate.resume_url", ErasedPart::ResumeLink),
];
