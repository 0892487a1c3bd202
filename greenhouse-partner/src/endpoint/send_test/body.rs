//! The body of a `send_test`, in every shape it was ever sent in.

mod rest;

use std::fmt;

use greenhouse_core::{ApplicationId, CandidateId, ScenarioId, store::RequestKey};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use url::Url;

use super::super::{object, text};
use crate::{CallbackPolicy, PartnerError};

/// What a `send_test` asks for. Debug shows no personal data.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) request: RequestKey,
    pub(super) scenario: ScenarioId,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) candidate: Option<CandidateId>,
    pub(super) application: Option<ApplicationId>,
    pub(super) callback: Option<Url>,
    pub(super) more: Map<String, Value>,
}

impl Wish {
    /// Reads a body. Members that are not known are kept as they are; those of another type than expected are passed over.
    pub(super) fn read(body: &[u8], policy: &CallbackPolicy) -> Result<Self, PartnerError> {
        let mut body = object(body)?;
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
        let callback = callback.map_err(|refusal| {
            PartnerError::refused("bad_callback_url", format!("url: {refusal}"))
        })?;
        let profile =
            text(person.get("greenhouse_profile_url")).and_then(|url| Url::parse(&url).ok());
        let candidate = profile
            .as_ref()
            .and_then(profile_candidate)
            .or_else(|| id(person.get("id")));
        let application = profile
            .as_ref()
            .and_then(profile_application)
            .or_else(|| id(part(&body, "application").get("id")));
        let first_name =
            text(person.get("first_name")).or_else(|| text(person.get("preferred_name")));
        Ok(Self {
            request: request_key(callback.as_ref(), &scenario, &email),
            scenario,
            first_name: first_name.unwrap_or_default(),
            last_name: text(person.get("last_name")).unwrap_or_default(),
            email,
            candidate: candidate.map(CandidateId::new),
            application: application.map(ApplicationId::new),
            callback,
            more: rest::of(&mut body),
        })
    }
}

impl fmt::Debug for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wish")
            .field("scenario", &self.scenario)
            .finish_non_exhaustive()
    }
}

/// A member that should be an object; empty where it is not.
fn part(body: &Map<String, Value>, name: &str) -> Map<String, Value> {
    match body.get(name) {
        Some(Value::Object(part)) => part.clone(),
        _ => Map::new(),
    }
}

fn id(value: Option<&Value>) -> Option<i64> {
    text(value)?.parse().ok()
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
        Some(segment) => RequestKey::new(format!("url-digest:{}", digest(segment))),
        None => RequestKey::of_person(scenario, email),
    }
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Only what can certainly not be invited is refused; whether mail arrives is seen later.
fn looks_like_email(text: &str) -> bool {
    let blank = |c: char| c.is_whitespace() || c.is_control();
    text.len() <= LONGEST_EMAIL
        && !text.contains(blank)
        && text
            .rsplit_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

const LONGEST_SEGMENT: usize = 200;
const LONGEST_EMAIL: usize = 320;

#[cfg(test)]
mod tests;
