//! Parses a verified body into an event.

use std::{fmt, mem, str};

use bytes::Bytes;
use serde::de::{DeserializeSeed, IgnoredAny};
use thiserror::Error;

use super::action::Action;
use super::body::{Body, Payload};
use super::event::{ApplicationEvent, Event, HireEvent};
use super::signature::VerifiedDelivery;
use super::values::{MAX_IDS, MAX_WORDS};
use crate::json::Fill;
use crate::{ApplicationId, ApplicationStatus, CandidateId, JobId, Stage, StageId};

/// Event of a verified delivery, with its raw body. Debug omits the body.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedEvent {
    /// Parsed event.
    pub event: Event,
    /// Greenhouse organization that sent the event. Present in real deliveries (observed live) but
    /// not documented.
    pub organization_id: Option<i64>,
    /// Raw body. Contains personal data.
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

/// Parses a delivery.
///
/// An action with a rule requires its id; any other action requires nothing. Everything else is
/// optional: a member that is missing, null or of another type is left out. Members may come in any
/// order and among unknown members. If several members have the same name, it is unspecified which
/// of them is used. Parses the body in one pass and keeps only the parts that form the event.
///
/// # Errors
///
/// [`EventError::NotJson`] means that the sender is at fault. Any other error means that the body
/// is valid JSON and that a retry would change nothing.
pub fn parse(delivery: &VerifiedDelivery) -> Result<ReceivedEvent, EventError> {
    let raw = delivery.body();
    let mut body = Body::default();
    read(raw, &mut body)?;
    let word = body.action.0.ok_or(EventError::NoAction)?;
    let event = match Action::from_word(&word) {
        Some(action) => typed(action, &mut body.payload)?,
        None => Event::Other {
            action: word.into_owned(),
        },
    };
    Ok(ReceivedEvent {
        event,
        organization_id: body.organization_id.0,
        raw: raw.clone(),
    })
}

/// Error of [`parse()`]. Contains nothing from the body except its action.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EventError {
    /// The body is not JSON, or not UTF-8.
    #[error("the body is not valid JSON at line {line} column {column}")]
    NotJson {
        /// Line, from one.
        line: usize,
        /// Byte in the line, from one.
        column: usize,
    },
    /// The body is JSON with an unsupported value, such as a number beyond any float or half a
    /// surrogate pair.
    #[error("the body contains an unsupported value at line {line} column {column}")]
    Unreadable {
        /// Line, from one.
        line: usize,
        /// Byte in the line, from one.
        column: usize,
    },
    /// The body is JSON but not an object.
    #[error("the body is not an object")]
    NotAnObject,
    /// The body has no action.
    #[error("the body has no action")]
    NoAction,
    /// The id that the action requires is missing.
    #[error("{action} has no id at {path}")]
    MissingId {
        /// Action, as Greenhouse sends it.
        action: &'static str,
        /// Documented position of the id. The id is also missing at all other known positions.
        path: &'static str,
    },
    /// A list that must not be truncated is longer than the limit, which is far above any list seen
    /// so far.
    #[error("{action} has more than {limit} entries at {path}")]
    TooMany {
        /// Action, as Greenhouse sends it.
        action: &'static str,
        /// Position of the list.
        path: &'static str,
        /// Maximum number of entries.
        limit: usize,
    },
}

fn read<'a>(raw: &'a [u8], body: &mut Body<'a>) -> Result<(), EventError> {
    let text = str::from_utf8(raw).map_err(|error| not_utf8(&raw[..error.valid_up_to()]))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Fill(body)
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    read.map_err(|error| refusal(text, &error))?;
    if text.trim_ascii_start().starts_with('{') {
        Ok(())
    } else {
        Err(EventError::NotAnObject)
    }
}

/// Error for a body whose UTF-8 ends after `valid`.
fn not_utf8(valid: &[u8]) -> EventError {
    let is_break = |byte: &&u8| **byte == b'\n';
    let line = valid.iter().filter(is_break).count().saturating_add(1);
    let in_line = valid
        .iter()
        .rev()
        .take_while(|byte| !is_break(byte))
        .count();
    EventError::NotJson {
        line,
        column: in_line.saturating_add(1),
    }
}

/// Distinguishes invalid JSON from a value that serde_json cannot represent.
fn refusal(text: &str, error: &serde_json::Error) -> EventError {
    let (line, column) = (error.line(), error.column());
    if serde_json::from_str::<IgnoredAny>(text).is_ok() {
        EventError::Unreadable { line, column }
    } else {
        EventError::NotJson { line, column }
    }
}

fn typed(action: Action, payload: &mut Payload<'_>) -> Result<Event, EventError> {
    Ok(match action {
        Action::Reject => Event::Rejected(application_event(action, payload)?),
        Action::Unreject => Event::Unrejected(application_event(action, payload)?),
        Action::Hire => Event::Hired(HireEvent {
            application: application(action, payload)?,
            candidate: candidate(payload),
            jobs: jobs(payload),
            resolved_at: payload.application.offer.resolved_at.0,
        }),
        Action::Unhire => Event::Unhired(application_event(action, payload)?),
        Action::StageChange => Event::StageChanged(application_event(action, payload)?),
        Action::UpdateApplication => Event::ApplicationUpdated(application_event(action, payload)?),
        Action::DeleteApplication => Event::ApplicationDeleted {
            application: application(action, payload)?,
            candidate: candidate(payload),
            job: jobs(payload).first().copied(),
        },
        Action::DeleteCandidate => Event::CandidateDeleted {
            candidate: required(action, "payload.person.id", candidate(payload))?,
            applications: deleted_applications(action, payload)?,
        },
        Action::MergeCandidate => Event::CandidateMerged {
            loser: required(action, "payload.person.id", candidate(payload))?,
            winner: required(
                action,
                "payload.person.new_candidate_id",
                payload.person.new_candidate_id.0.map(CandidateId::new),
            )?,
            deleted_applications: deleted_applications(action, payload)?,
        },
        Action::AnonymizeCandidate => Event::CandidateAnonymized {
            candidate: required(action, "payload.candidate_id", candidate(payload))?,
            fields: anonymized_fields(action, payload)?,
        },
        Action::Ping => Event::Ping {
            hook: payload.web_hook_id.0,
            event: mem::take(&mut payload.event).into_owned(),
        },
    })
}

fn application_event(
    action: Action,
    payload: &mut Payload<'_>,
) -> Result<ApplicationEvent, EventError> {
    let status = mem::take(&mut payload.application.status).0;
    let stage = mem::take(&mut payload.application.current_stage);
    Ok(ApplicationEvent {
        application: application(action, payload)?,
        candidate: candidate(payload),
        status: status.map(|word| ApplicationStatus::from(&*word)),
        stage: stage_of(stage.id.0.map(StageId::new), stage.name.into_owned()),
        jobs: jobs(payload),
        last_activity_at: payload.application.last_activity_at.0,
    })
}

fn stage_of(id: Option<StageId>, name: Option<String>) -> Option<Stage> {
    (id.is_some() || name.is_some()).then(|| Stage::new(id, name))
}

fn application(action: Action, payload: &Payload<'_>) -> Result<ApplicationId, EventError> {
    let Payload {
        application,
        application_id,
        offer,
        ..
    } = payload;
    let id = application
        .id
        .0
        .or(application_id.0)
        .or(offer.application_id.0);
    required(action, "payload.application.id", id.map(ApplicationId::new))
}

fn candidate(payload: &Payload<'_>) -> Option<CandidateId> {
    let Payload {
        application,
        person,
        candidate,
        candidate_id,
        ..
    } = payload;
    let of_application = application.candidate.0.or(application.candidate_id.0);
    let id = of_application
        .or(person.id.0)
        .or(candidate.0)
        .or(candidate_id.0);
    id.map(CandidateId::new)
}

fn jobs(payload: &mut Payload<'_>) -> Vec<JobId> {
    let Payload {
        application,
        offer,
        job,
        job_id,
        ..
    } = payload;
    let jobs = mem::take(&mut application.jobs.ids);
    if !jobs.is_empty() {
        return jobs.into_iter().map(JobId::new).collect();
    }
    let of_application = application.job.0.or(application.job_id.0);
    let id = of_application.or(job_id.0).or(offer.job_id.0).or(job.0);
    id.map(JobId::new).into_iter().collect()
}

/// Fails instead of truncating the list, because the link to an omitted application would remain.
fn deleted_applications(
    action: Action,
    payload: &mut Payload<'_>,
) -> Result<Vec<ApplicationId>, EventError> {
    let person = mem::take(&mut payload.person);
    let (path, list) = if person.deleted_application_ids.ids.is_empty() {
        ("payload.person.application_ids", person.application_ids)
    } else {
        (
            "payload.person.deleted_application_ids",
            person.deleted_application_ids,
        )
    };
    if list.cut {
        return Err(EventError::TooMany {
            action: action.word(),
            path,
            limit: MAX_IDS,
        });
    }
    Ok(list.ids.into_iter().map(ApplicationId::new).collect())
}

/// Fails instead of truncating the list, because the data of an omitted field would remain.
fn anonymized_fields(action: Action, payload: &mut Payload<'_>) -> Result<Vec<String>, EventError> {
    let list = mem::take(&mut payload.anonymized_fields);
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

#[cfg(test)]
mod tests;
