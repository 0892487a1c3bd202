//! Members of a webhook body from which an event is built. Covers all actions together, because
//! `action` may come last.

use serde::de::MapAccess;

use super::action::Action;
use super::values::{Id, IdOf, Ids, Text, Time, Words};
use crate::json::{Lenient, fill, skip};

/// Root of a body.
#[derive(Default)]
pub(super) struct Body<'de> {
    pub(super) action: Text<'de>,
    pub(super) organization_id: Id,
    pub(super) payload: Payload<'de>,
}

impl<'de> Lenient<'de> for Body<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "action" => fill(&mut self.action, members),
            "organization_id" => fill(&mut self.organization_id, members),
            "payload" if self.has_no_rule() => skip(members),
            "payload" => fill(&mut self.payload, members),
            _ => skip(members),
        }
    }
}

impl Body<'_> {
    /// Returns `true` if the action has been read and has no rule, so that the payload can be
    /// skipped.
    fn has_no_rule(&self) -> bool {
        self.action
            .0
            .as_deref()
            .is_some_and(|word| Action::from_word(word).is_none())
    }
}

/// Members of `payload`.
#[derive(Default)]
pub(super) struct Payload<'de> {
    pub(super) application: Application<'de>,
    pub(super) person: Person,
    pub(super) offer: Offer,
    pub(super) application_id: Id,
    pub(super) candidate: IdOf,
    pub(super) candidate_id: Id,
    pub(super) job: IdOf,
    pub(super) job_id: Id,
    pub(super) anonymized_fields: Words,
    pub(super) web_hook_id: Id,
    pub(super) event: Text<'de>,
}

impl<'de> Lenient<'de> for Payload<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "application" => fill(&mut self.application, members),
            "person" => fill(&mut self.person, members),
            "offer" => fill(&mut self.offer, members),
            "application_id" => fill(&mut self.application_id, members),
            "candidate" => self.candidate.fill(members),
            "candidate_id" => fill(&mut self.candidate_id, members),
            "job" => self.job.fill(members),
            "job_id" => fill(&mut self.job_id, members),
            "anonymized_fields" => fill(&mut self.anonymized_fields, members),
            "web_hook_id" => fill(&mut self.web_hook_id, members),
            "event" => fill(&mut self.event, members),
            _ => skip(members),
        }
    }
}

/// Members of `payload.application`, in the form that most actions share, the form for a hire, and
/// the flat form for a deletion.
#[derive(Default)]
pub(super) struct Application<'de> {
    pub(super) id: Id,
    pub(super) candidate: IdOf,
    pub(super) candidate_id: Id,
    pub(super) status: Text<'de>,
    pub(super) current_stage: Stage<'de>,
    pub(super) jobs: Ids,
    pub(super) job: IdOf,
    pub(super) job_id: Id,
    pub(super) last_activity_at: Time,
    pub(super) offer: Offer,
}

impl<'de> Lenient<'de> for Application<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => fill(&mut self.id, members),
            "candidate" => self.candidate.fill(members),
            "candidate_id" => fill(&mut self.candidate_id, members),
            "status" => fill(&mut self.status, members),
            "current_stage" => fill(&mut self.current_stage, members),
            "jobs" => fill(&mut self.jobs, members),
            "job" => self.job.fill(members),
            "job_id" => fill(&mut self.job_id, members),
            "last_activity_at" => fill(&mut self.last_activity_at, members),
            "offer" => fill(&mut self.offer, members),
            _ => skip(members),
        }
    }
}

/// Members of `current_stage`.
#[derive(Default)]
pub(super) struct Stage<'de> {
    pub(super) id: Id,
    pub(super) name: Text<'de>,
}

impl<'de> Lenient<'de> for Stage<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => fill(&mut self.id, members),
            "name" => fill(&mut self.name, members),
            _ => skip(members),
        }
    }
}

/// Members of `offer`, which is next to the application in a deletion and inside the application in
/// a hire.
#[derive(Default)]
pub(super) struct Offer {
    pub(super) application_id: Id,
    pub(super) job_id: Id,
    pub(super) resolved_at: Time,
}

impl<'de> Lenient<'de> for Offer {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "application_id" => fill(&mut self.application_id, members),
            "job_id" => fill(&mut self.job_id, members),
            "resolved_at" => fill(&mut self.resolved_at, members),
            _ => skip(members),
        }
    }
}

/// Members of `payload.person`.
#[derive(Default)]
pub(super) struct Person {
    pub(super) id: Id,
    pub(super) new_candidate_id: Id,
    pub(super) deleted_application_ids: Ids,
    pub(super) application_ids: Ids,
}

impl<'de> Lenient<'de> for Person {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => fill(&mut self.id, members),
            "new_candidate_id" => fill(&mut self.new_candidate_id, members),
            "deleted_application_ids" => fill(&mut self.deleted_application_ids, members),
            "application_ids" => fill(&mut self.application_ids, members),
            _ => skip(members),
        }
    }
}
