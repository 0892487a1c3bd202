//! The members of a webhook body that an event is made of: the union over all actions, since the action may come last.

use serde::de::MapAccess;

use super::action::Action;
use super::lenient::{Id, IdOf, Ids, Members, Object, Text, Time, Words, next, skip};

/// The root of a body.
#[derive(Default)]
pub(super) struct Body<'de> {
    pub(super) action: Text<'de>,
    pub(super) organization_id: Id,
    pub(super) payload: Payload<'de>,
}

impl<'de> Members<'de> for Body<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "action" => self.action = next(members)?,
            "organization_id" => self.organization_id = next(members)?,
            "payload" if self.has_no_rule() => skip(members)?,
            "payload" => self.payload = object(members)?,
            _ => skip(members)?,
        }
        Ok(())
    }
}

impl Body<'_> {
    /// Whether the action is known by now, as it is unless it comes last, and nothing of the payload is wanted.
    fn has_no_rule(&self) -> bool {
        self.action
            .0
            .as_deref()
            .is_some_and(|word| Action::from_word(word).is_none())
    }
}

/// What `payload` holds.
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

impl<'de> Members<'de> for Payload<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "application" => self.application = object(members)?,
            "person" => self.person = object(members)?,
            "offer" => self.offer = object(members)?,
            "application_id" => self.application_id = next(members)?,
            "candidate" => self.candidate = members.next_value()?,
            "candidate_id" => self.candidate_id = next(members)?,
            "job" => self.job = members.next_value()?,
            "job_id" => self.job_id = next(members)?,
            "anonymized_fields" => self.anonymized_fields = next(members)?,
            "web_hook_id" => self.web_hook_id = next(members)?,
            "event" => self.event = next(members)?,
            _ => skip(members)?,
        }
        Ok(())
    }
}

/// What `payload.application` holds, in the form that most actions share, in the one of a hire, and in the flat one of
/// a deletion.
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

impl<'de> Members<'de> for Application<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => self.id = next(members)?,
            "candidate" => self.candidate = members.next_value()?,
            "candidate_id" => self.candidate_id = next(members)?,
            "status" => self.status = next(members)?,
            "current_stage" => self.current_stage = object(members)?,
            "jobs" => self.jobs = next(members)?,
            "job" => self.job = members.next_value()?,
            "job_id" => self.job_id = next(members)?,
            "last_activity_at" => self.last_activity_at = next(members)?,
            "offer" => self.offer = object(members)?,
            _ => skip(members)?,
        }
        Ok(())
    }
}

/// What `current_stage` holds.
#[derive(Default)]
pub(super) struct Stage<'de> {
    pub(super) id: Id,
    pub(super) name: Text<'de>,
}

impl<'de> Members<'de> for Stage<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => self.id = next(members)?,
            "name" => self.name = next(members)?,
            _ => skip(members)?,
        }
        Ok(())
    }
}

/// What an `offer` holds: beside the application where it is deleted, within it in a hire.
#[derive(Default)]
pub(super) struct Offer {
    pub(super) application_id: Id,
    pub(super) job_id: Id,
    pub(super) resolved_at: Time,
}

impl<'de> Members<'de> for Offer {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "application_id" => self.application_id = next(members)?,
            "job_id" => self.job_id = next(members)?,
            "resolved_at" => self.resolved_at = next(members)?,
            _ => skip(members)?,
        }
        Ok(())
    }
}

/// What `payload.person` holds.
#[derive(Default)]
pub(super) struct Person {
    pub(super) id: Id,
    pub(super) new_candidate_id: Id,
    pub(super) deleted_application_ids: Ids,
    pub(super) application_ids: Ids,
}

impl<'de> Members<'de> for Person {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => self.id = next(members)?,
            "new_candidate_id" => self.new_candidate_id = next(members)?,
            "deleted_application_ids" => self.deleted_application_ids = next(members)?,
            "application_ids" => self.application_ids = next(members)?,
            _ => skip(members)?,
        }
        Ok(())
    }
}

/// Reads the next value as an object; anything else reads as one without members.
fn object<'de, T: Members<'de>, A: MapAccess<'de>>(members: &mut A) -> Result<T, A::Error> {
    next(members).map(|Object(object)| object.unwrap_or_default())
}
