//! From a verified body to an event.

use std::{fmt, str};

use bytes::Bytes;
use serde::{Deserialize, de::IgnoredAny};
use thiserror::Error;

use super::action::Action;
use super::body::{Application, Body, Payload};
use super::event::{ApplicationEvent, Event, HireEvent};
use super::lenient::{Ids, MAX_IDS, MAX_WORDS, Object, Read, Words};
use super::signature::VerifiedDelivery;
use crate::{ApplicationId, ApplicationStatus, CandidateId, JobId, Stage, StageId};

/// An event as it was received.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedEvent {
    /// What happened.
    pub event: Event,
    /// The Greenhouse organisation that says so. Real deliveries have it (observed live), documents do not mention it.
    pub organization_id: Option<i64>,
    /// The body it was read from: it holds personal data.
    pub raw: Bytes,
}

impl fmt::Debug for ReceivedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedEvent")
            .field("event", &self.event)
            .field("organization_id", &self.organization_id)
            .finish_non_exhaustive()
    }
}

/// Reads what a delivery says.
///
/// Of an action with a rule it requires the id that the rule is about, of any other nothing. The rest may be missing,
/// null or of another type, in any order, among members that are not known: it is then not told. Of several members
/// with one name the last counts. It passes over the body once and keeps only what goes into the event; what is passed
/// over is checked to be JSON, not to be valid UTF-8.
///
/// # Errors
/// [`EventError::NotJson`] means that the sender is at fault. Every other error means that the body is JSON, and that
/// sending it again would change nothing.
pub fn parse(delivery: &VerifiedDelivery) -> Result<ReceivedEvent, EventError> {
    let raw = delivery.body();
    let Body {
        action,
        organization_id,
        payload,
    } = read(raw)?.ok_or(EventError::NotAnObject)?;
    let word = action.0.ok_or(EventError::NoAction)?;
    let event = match Action::from_word(&word) {
        Some(action) => typed(action, payload)?,
        None => Event::Other {
            action: word.into_owned(),
        },
    };
    Ok(ReceivedEvent {
        event,
        organization_id: organization_id.0,
        raw: raw.clone(),
    })
}

/// Why a delivery could not be read. No error holds anything of the body but its action.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EventError {
    /// The body is not JSON.
    #[error("the body is not json, at line {line} column {column}")]
    NotJson {
        /// The line, counted from one.
        line: usize,
        /// The byte in the line, counted from one; zero where it is not known.
        column: usize,
    },
    /// The body is JSON with a value that cannot be taken, such as a number beyond any float or half a surrogate pair.
    #[error("the body has a value that cannot be read, at line {line} column {column}")]
    Unreadable {
        /// The line, counted from one.
        line: usize,
        /// The byte in the line, counted from one.
        column: usize,
    },
    /// The body is JSON and no object.
    #[error("the body is no object")]
    NotAnObject,
    /// The body is an object that does not say what happened.
    #[error("the body has no action")]
    NoAction,
    /// The body lacks the id that its action is about.
    #[error("{action} has no id at {path}")]
    MissingId {
        /// The action, in Greenhouse's own word.
        action: &'static str,
        /// Where the id is documented to be. It was looked for in the other known places too.
        path: &'static str,
    },
    /// A list that must not be cut is longer than any that was ever seen.
    #[error("{action} has more than {limit} entries at {path}")]
    TooMany {
        /// The action, in Greenhouse's own word.
        action: &'static str,
        /// Where the list is.
        path: &'static str,
        /// How many entries are taken.
        limit: usize,
    },
}

/// Reads the members that are wanted; none if the body is no object.
fn read(raw: &[u8]) -> Result<Option<Body<'_>>, EventError> {
    let text = str::from_utf8(raw).map_err(|_| EventError::NotJson { line: 0, column: 0 })?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let body = Read::<Object<Body<'_>>>::deserialize(&mut deserializer);
    match body.and_then(|body| deserializer.end().map(|()| body)) {
        Ok(Read(Object(body))) => Ok(body),
        Err(error) => Err(refusal(text, &error)),
    }
}

/// Tells a body that is not JSON from one with a value that serde_json cannot represent.
fn refusal(text: &str, error: &serde_json::Error) -> EventError {
    let (line, column) = (error.line(), error.column());
    if serde_json::from_str::<IgnoredAny>(text).is_ok() {
        EventError::Unreadable { line, column }
    } else {
        EventError::NotJson { line, column }
    }
}

fn typed(action: Action, payload: Payload<'_>) -> Result<Event, EventError> {
    Ok(match action {
        Action::Reject => Event::Rejected(application_event(action, payload)?),
        Action::Unreject => Event::Unrejected(application_event(action, payload)?),
        Action::Hire => Event::Hired(hire_event(action, payload)?),
        Action::Unhire => Event::Unhired(application_event(action, payload)?),
        Action::StageChange => Event::StageChanged(application_event(action, payload)?),
        Action::UpdateApplication => Event::ApplicationUpdated(application_event(action, payload)?),
        Action::DeleteApplication => Event::ApplicationDeleted {
            application: application(action, &payload)?,
            candidate: candidate(&payload),
            job: jobs(payload).first().copied(),
        },
        Action::DeleteCandidate => Event::CandidateDeleted {
            candidate: required(action, PERSON_ID, candidate(&payload))?,
            applications: deleted_applications(action, payload)?,
        },
        Action::MergeCandidate => Event::CandidateMerged {
            loser: required(action, PERSON_ID, candidate(&payload))?,
            winner: required(
                action,
                "payload.person.new_candidate_id",
                payload.person.new_candidate_id.0.map(CandidateId::new),
            )?,
            deleted_applications: deleted_applications(action, payload)?,
        },
        Action::AnonymizeCandidate => Event::CandidateAnonymized {
            candidate: required(action, "payload.candidate_id", candidate(&payload))?,
            fields: anonymized_fields(action, payload.anonymized_fields)?,
        },
        Action::Ping => Event::Ping {
            hook: payload.web_hook_id.0,
            event: payload.event.into_owned(),
        },
    })
}

fn application_event(
    action: Action,
    mut payload: Payload<'_>,
) -> Result<ApplicationEvent, EventError> {
    let Application {
        status,
        current_stage,
        last_activity_at,
        ..
    } = &mut payload.application;
    let status = status.0.take().map(|word| ApplicationStatus::from(&*word));
    let stage_id = current_stage.id.0.map(StageId::new);
    let stage_name = current_stage.name.0.take().map(String::from);
    let stage = stage_id.is_some() || stage_name.is_some();
    let last_activity_at = last_activity_at.0;
    Ok(ApplicationEvent {
        application: application(action, &payload)?,
        candidate: candidate(&payload),
        status,
        stage: stage.then(|| Stage::new(stage_id, stage_name)),
        jobs: jobs(payload),
        last_activity_at,
    })
}

fn hire_event(action: Action, payload: Payload<'_>) -> Result<HireEvent, EventError> {
    Ok(HireEvent {
        application: application(action, &payload)?,
        candidate: candidate(&payload),
        resolved_at: payload.application.offer.resolved_at.0,
        jobs: jobs(payload),
    })
}

fn application(action: Action, payload: &Payload<'_>) -> Result<ApplicationId, EventError> {
    let places = [
        payload.application.id.0,
        payload.application_id.0,
        payload.offer.application_id.0,
    ];
    required(
        action,
        "payload.application.id",
        first(places).map(ApplicationId::new),
    )
}

fn candidate(payload: &Payload<'_>) -> Option<CandidateId> {
    let Payload {
        application,
        person,
        candidate,
        candidate_id,
        ..
    } = payload;
    let places = [
        application.candidate.0,
        application.candidate_id.0,
        person.id.0,
        candidate.0,
        candidate_id.0,
    ];
    first(places).map(CandidateId::new)
}

fn jobs(payload: Payload<'_>) -> Vec<JobId> {
    let Payload {
        application,
        offer,
        job,
        job_id,
        ..
    } = payload;
    if !application.jobs.ids.is_empty() {
        return application.jobs.ids.into_iter().map(JobId::new).collect();
    }
    let places = [
        application.job.0,
        application.job_id.0,
        job_id.0,
        offer.job_id.0,
        job.0,
    ];
    first(places).map(JobId::new).into_iter().collect()
}

/// The list is not cut: an application that is gone, and is not told, would keep its link.
fn deleted_applications(
    action: Action,
    payload: Payload<'_>,
) -> Result<Vec<ApplicationId>, EventError> {
    let person = payload.person;
    let (path, Ids { ids, cut }) = if person.deleted_application_ids.ids.is_empty() {
        ("payload.person.application_ids", person.application_ids)
    } else {
        (
            "payload.person.deleted_application_ids",
            person.deleted_application_ids,
        )
    };
    if cut {
        return Err(EventError::TooMany {
            action: action.word(),
            path,
            limit: MAX_IDS,
        });
    }
    Ok(ids.into_iter().map(ApplicationId::new).collect())
}

/// The list is not cut: what is erased in Greenhouse, and is not told, would be kept.
fn anonymized_fields(action: Action, list: Words) -> Result<Vec<String>, EventError> {
    if list.cut {
        let path = "payload.anonymized_fields";
        return Err(EventError::TooMany {
            action: action.word(),
            path,
            limit: MAX_WORDS,
        });
    }
    Ok(list.words)
}

fn required<T>(action: Action, path: &'static str, id: Option<T>) -> Result<T, EventError> {
    id.ok_or(EventError::MissingId {
        action: action.word(),
        path,
    })
}

/// The first place that holds an id.
fn first<const N: usize>(places: [Option<i64>; N]) -> Option<i64> {
    places.into_iter().flatten().next()
}

const PERSON_ID: &str = "payload.person.id";

#[cfg(test)]
mod tests;
