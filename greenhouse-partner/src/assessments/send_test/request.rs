//! Body of a `send_test`, in all documented and reported forms.

mod unread_members;

use std::fmt;

use greenhouse_core::{
    ApplicationId, CandidateId, ScenarioId, json::Tolerant as _, store::RequestKey,
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{CallbackPolicy, PartnerError, assessments::text, texts::refusal};

/// Parsed `send_test`. Its debug output contains no personal data.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SendTestRequest {
    /// Identifies the request: a retry has the same key.
    pub(crate) key: RequestKey,
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
        let scenario = scenario.ok_or(PartnerError::refused(refusal::MISSING_TEST))?;
        let scenario = ScenarioId::new(scenario);
        let email = text(person.get("email"));
        let email = email.ok_or(PartnerError::refused(refusal::MISSING_EMAIL))?;
        if !looks_like_email(&email) {
            return Err(PartnerError::refused(refusal::BAD_EMAIL));
        }
        // For some months of 2019, the callback address was inside `candidate` (published sample).
        let callback = text(body.get("url")).or_else(|| text(person.get("url")));
        let callback = callback.map(|url| policy.parse(&url)).transpose();
        let callback = callback.map_err(PartnerError::bad_callback)?;
        let candidate = profile(&person)
            .and_then(|url| profile_candidate(&url))
            .or_else(|| i64::of(person.get("id")));
        let first_name =
            text(person.get("first_name")).or_else(|| text(person.get("preferred_name")));
        Ok(Self {
            key: request_key(callback.as_ref(), &scenario, &email),
            scenario,
            first_name: first_name.unwrap_or_default(),
            last_name: text(person.get("last_name")).unwrap_or_default(),
            email,
            candidate: candidate.map(CandidateId::new),
            application: application(&body, &person),
            callback,
            more: unread_members::take(&mut body),
        })
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

/// Returns a member that should be an object. Empty if it is not.
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

/// Builds the request key from the last segment of the callback address, which identifies the
/// request (inferred). A long segment is hashed. If there is no segment, the key is a hash of the
/// test id and the email address, because the email address is personal data.
fn request_key(callback: Option<&Url>, scenario: &ScenarioId, email: &str) -> RequestKey {
    let segment = callback
        .and_then(Url::path_segments)
        .and_then(|mut segments| segments.rfind(|segment| !segment.is_empty()));
    match segment {
        Some(segment) if segment.len() <= MAX_SEGMENT => RequestKey::new(format!("url:{segment}")),
        Some(segment) => {
            let digest = hex::encode(Sha256::digest(segment));
            RequestKey::new(format!("url-digest:{digest}"))
        }
        None => RequestKey::of_person(scenario, email),
    }
}

/// Returns `false` only if the text is certainly not an email address.
fn looks_like_email(text: &str) -> bool {
    let is_blank = |c: char| c.is_whitespace() || c.is_control();
    text.len() <= MAX_EMAIL
        && !text.contains(is_blank)
        && text
            .rsplit_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

const MAX_SEGMENT: usize = 200;
const MAX_EMAIL: usize = 320;

#[cfg(test)]
mod tests;
