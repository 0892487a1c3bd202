use chrono::{DateTime, Utc};

use crate::rows::{Address, CandidateChanges};
use crate::state::{ActError, Event, Placement, State};

/// Returns an event about an application that does not exist in this Greenhouse. Creates a
/// candidate, job and application for the event, and removes them afterwards.
pub(crate) fn foreign_event(
    state: &mut State,
    action: &str,
    now: DateTime<Utc>,
) -> Result<Event, ActError> {
    let candidate = state.add_candidate(foreign_candidate(), now);
    let (job, stages) = state.add_job("Somewhere else", &["Application Review", "Offer"], now);
    let event = state
        .apply(candidate, job, None, now)
        .and_then(|application| event_of(state, action, candidate, application, now));

    for application in state.applications_of(candidate) {
        state.remove_application(application);
    }
    state.notes.retain(|_, note| note.candidate_id != candidate);
    state
        .job_interview_stages
        .retain(|id, _| !stages.contains(id));
    state.jobs.remove(&job);
    state.candidates.remove(&candidate);
    event
}

fn foreign_candidate() -> CandidateChanges {
    CandidateChanges {
        first_name: Some("Sam".to_owned()),
        last_name: Some("Stranger".to_owned()),
        email_addresses: Some(vec![Address {
            value: "sam.stranger@example.org".to_owned(),
            kind: "personal".to_owned(),
        }]),
        ..CandidateChanges::default()
    }
}

fn event_of(
    state: &mut State,
    action: &str,
    candidate: i64,
    application: i64,
    now: DateTime<Utc>,
) -> Result<Event, ActError> {
    let unknown = || ActError::Refused(format!("the mock does not model the body of {action}"));
    let first = |events: Vec<Event>| events.into_iter().next().ok_or_else(unknown);
    let reason = state.rejection_reason;
    match action {
        "reject_candidate" => state.reject(application, reason, now),
        "unreject_candidate" => {
            state.reject(application, reason, now)?;
            state.unreject(application, now)
        }
        "hire_candidate" => first(state.hire(application, None, now)?),
        "unhire_candidate" => {
            state.hire(application, None, now)?;
            state.unhire(application, now)
        }
        "new_candidate_application" => state.application_event(application),
        "update_candidate" => state.candidate_update_event(candidate),
        "delete_application" => first(state.delete_application(application)?),
        "delete_candidate" => first(state.delete_candidate(candidate)?),
        "candidate_anonymized" => {
            first(state.anonymize(candidate, &["full_name".to_owned()], now)?)
        }
        "application_updated" => state.update_application(application, now),
        "candidate_stage_change" => {
            let here = state.expected_from_stage(application)?;
            state
                .move_application(application, here, Placement::default(), now)?
                .ok_or_else(unknown)
        }
        _ => Err(unknown()),
    }
}
