//! Body of a `send_test`, in all documented and reported forms.

mod unread_members;

use std::fmt;

use greenhouse_core::{
    ApplicationId, CandidateId, ScenarioId,
    json::Tolerant as _,
    person::{self, EmailAddress, EmailProblem},
    store::RequestKey,
};
use serde_json::{Map, Value};
use url::Url;

use crate::{CallbackPolicy, PartnerError, RequestRefusal, assessments::text};

/// Parsed `send_test`. Its debug output contains no personal data.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SendTestRequest {
    pub(crate) scenario: ScenarioId,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) candidate: Option<CandidateId>,
    pub(crate) application: Option<ApplicationId>,
    pub(crate) callback: Option<Url>,
    pub(crate) more: Map<String, Value>,
}

impl SendTestRequest {
    /// Parses a body. Unknown members are kept; members of an unexpected type are skipped.
    pub(crate) fn read(
        mut body: Map<String, Value>,
        policy: &CallbackPolicy,
    ) -> Result<Self, PartnerError> {
        let person = part(&body, "candidate");
        let scenario = text(body.get("partner_test_id"));
        let scenario = scenario.ok_or(RequestRefusal::MissingTest)?;
        let scenario = ScenarioId::new(scenario);
        let email = email(&person)?;
        // For some months of 2019, the callback address was inside `candidate` (published sample).
        let callback = text(body.get("url")).or_else(|| text(person.get("url")));
        let callback = callback.map(|url| policy.parse(&url)).transpose();
        let callback = callback.map_err(PartnerError::bad_callback)?;
        let candidate = profile(&person)
            .and_then(|url| profile_candidate(&url))
            .or_else(|| i64::of(person.get("id")));
        let first_name = name(&person, "first_name").or_else(|| name(&person, "preferred_name"));
        Ok(Self {
            scenario,
            first_name: first_name.unwrap_or_default(),
            last_name: name(&person, "last_name").unwrap_or_default(),
            email,
            candidate: candidate.map(CandidateId::new),
            application: application(&body, &person),
            callback,
            more: unread_members::take(&mut body),
        })
    }
}

impl SendTestRequest {
    /// Key of the request: a retry has the same key. The callback address identifies the request
    /// (inferred).
    pub(crate) fn key(&self) -> RequestKey {
        match &self.callback {
            Some(callback) => RequestKey::of_callback(callback),
            None => RequestKey::of_person(&self.scenario, &self.email),
        }
    }

    /// Key under which earlier versions stored the callback address.
    pub(crate) fn earlier_key(&self) -> Option<RequestKey> {
        self.callback.as_ref().and_then(RequestKey::of_last_segment)
    }

    /// Key of a request whose callback address belongs to an invitation for another candidate or
    /// test.
    pub(crate) fn key_of_repeated_callback(&self) -> Option<RequestKey> {
        let callback = self.callback.as_ref()?;
        let (scenario, email) = (&self.scenario, &self.email);
        let key = RequestKey::of_repeated_callback(callback, scenario, self.candidate, email);
        Some(key)
    }
}

/// Returns the application id in a body, even if the rest of the body is invalid.
pub(crate) fn application_of(body: &Map<String, Value>) -> Option<ApplicationId> {
    application(body, &part(body, "candidate"))
}

impl fmt::Debug for SendTestRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendTestRequest")
            .field("scenario", &self.scenario)
            .finish_non_exhaustive()
    }
}

/// Returns a member of type object. Empty if the member is missing or has another type.
fn part(body: &Map<String, Value>, name: &str) -> Map<String, Value> {
    match body.get(name) {
        Some(Value::Object(part)) => part.clone(),
        _ => Map::new(),
    }
}

fn application(body: &Map<String, Value>, person: &Map<String, Value>) -> Option<ApplicationId> {
    profile(person)
        .and_then(|url| profile_application(&url))
        .or_else(|| i64::of(part(body, "application").get("id")))
        .map(ApplicationId::new)
}

fn profile(person: &Map<String, Value>) -> Option<Url> {
    Url::parse(&text(person.get("greenhouse_profile_url"))?).ok()
}

/// `.../people/<candidate id>?application_id=<application id>` (documented).
fn profile_candidate(url: &Url) -> Option<i64> {
    let mut segments = url.path_segments()?;
    segments.find(|segment| *segment == "people")?;
    segments.next()?.parse().ok()
}

fn profile_application(url: &Url) -> Option<i64> {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(name, _)| name == "application_id")
        .and_then(|(_, value)| value.trim().parse().ok())
}

/// Returns the candidate's email address, normalized as a push sends it.
fn email(person: &Map<String, Value>) -> Result<String, RequestRefusal> {
    let email = text(person.get("email")).ok_or(RequestRefusal::MissingEmail)?;
    match EmailAddress::parse(&email) {
        Ok(address) => Ok(address.as_str().to_owned()),
        Err(EmailProblem::Empty) => Err(RequestRefusal::MissingEmail),
        Err(problem) => Err(RequestRefusal::InvalidEmail(problem)),
    }
}

/// Returns a name in one line without hidden characters. `None` if nothing is left.
fn name(person: &Map<String, Value>, member: &str) -> Option<String> {
    let name = person::name(&text(person.get(member))?);
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests;
