//! The body of a `send_test`, in every shape it was ever sent in.

mod extra;

use std::fmt;

use greenhouse_core::{
    ApplicationId, CandidateId, ScenarioId, json::Tolerant as _, store::RequestKey,
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{CallbackPolicy, PartnerError, assessments::text};

/// What a `send_test` asks for. Debug shows no personal data.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SendTestRequest {
    /// The same for a repetition.
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
    /// Reads a body. Unknown members are kept as they are; members of an unexpected type are
    /// skipped.
    pub(crate) fn read(
        mut body: Map<String, Value>,
        policy: &CallbackPolicy,
    ) -> Result<Self, PartnerError> {
        let person = part(&body, "candidate");
        let scenario = text(body.get("partner_test_id")).ok_or_else(|| {
            PartnerError::refused("missing_test", "partner_test_id: it is missing")
        })?;
        let scenario = ScenarioId::new(scenario);
        let email = text(person.get("email")).ok_or_else(|| {
            PartnerError::refused("missing_email", "candidate.email: it is missing")
        })?;
        if !looks_like_email(&email) {
            return Err(PartnerError::refused(
                "bad_email",
                "candidate.email: it is no e-mail address",
            ));
        }
        // The address was inside the candidate for some months of 2019 (published sample).
        let callback = text(body.get("url")).or_else(|| text(person.get("url")));
        let callback = callback.map(|url| policy.parse(&url)).transpose();
        let callback =
            callback.map_err(|refusal| PartnerError::refused(BAD_CALLBACK, refusal.to_string()))?;
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
            more: extra::members(&mut body),
        })
    }
}

/// Returns the application that a body names, whether or not the rest of it can be read.
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

/// A member that should be an object; empty if it is not.
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

/// The last segment of the address names the request (inferred). A long one is digested, and so is test with e-mail,
/// which would be personal data.
fn request_key(callback: Option<&Url>, scenario: &ScenarioId, email: &str) -> RequestKey {
    let segment = callback
        .and_then(Url::path_segments)
        .and_then(|mut segments| segments.rfind(|segment| !segment.is_empty()));
    match segment {
        Some(segment) if segment.len() <= LONGEST_SEGMENT => {
            RequestKey::new(format!("url:{segment}"))
        }
        Some(segment) => {
            let digest = hex::encode(Sha256::digest(segment));
            RequestKey::new(format!("url-digest:{digest}"))
        }
        None => RequestKey::of_person(scenario, email),
    }
}

/// Refuses only what can certainly not be invited; whether mail arrives is seen later.
fn looks_like_email(text: &str) -> bool {
    let blank = |c: char| c.is_whitespace() || c.is_control();
    text.len() <= LONGEST_EMAIL
        && !text.contains(blank)
        && text
            .rsplit_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

/// The code of a refused callback address.
pub(crate) const BAD_CALLBACK: &str = "bad_callback_url";

const LONGEST_SEGMENT: usize = 200;
const LONGEST_EMAIL: usize = 320;

#[cfg(test)]
mod tests;
