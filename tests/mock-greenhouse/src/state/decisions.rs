use std::iter;

use chrono::{DateTime, NaiveDate, Utc};

use crate::payloads::person;
use crate::rows::{ApplicationStatus, Offer};
use crate::state::{ActError, Event, State};

impl State {
    /// Rejects an application. The stage is kept, and its row stays current (measured live).
    pub(crate) fn reject(
        &mut self,
        id: i64,
        reason: i64,
        now: DateTime<Utc>,
    ) -> Result<Event, ActError> {
        if !self.rejection_reasons.contains_key(&reason) {
            return Err(ActError::Refused("Rejection reason not found".to_owned()));
        }
        self.active(id, "rejected")?;
        if let Some(application) = self.applications.get_mut(&id) {
            application.status = ApplicationStatus::Rejected;
            application.rejected_at = Some(now);
            application.rejection_reason_id = Some(reason);
        }
        self.add_rejection_detail(id, reason, now)?;
        self.touch(id, now);
        self.rejection_event(id)
    }

    /// Undoes a rejection. Does not count as activity: the published samples of a rejection and its
    /// reversal have the same `last_activity_at`.
    pub(crate) fn unreject(&mut self, id: i64, now: DateTime<Utc>) -> Result<Event, ActError> {
        let application = self
            .applications
            .get_mut(&id)
            .ok_or(ActError::NotFound("Application"))?;
        if application.status != ApplicationStatus::Rejected {
            return Err(ActError::Refused("Application is not rejected".to_owned()));
        }
        application.status = ApplicationStatus::InProcess;
        application.rejected_at = None;
        application.rejection_reason_id = None;
        application.updated_at = now;
        self.remove_rejection_detail(id);
        self.event("unreject_candidate", id)
    }

    /// Hires the candidate with an accepted offer, which is a new version of the last offer, if
    /// any. Fires `hire_candidate`, and `offer_updated` for the accepted offer (documented; their
    /// order is unknown).
    pub(crate) fn hire(
        &mut self,
        id: i64,
        starts_at: Option<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, ActError> {
        let last = self.active(id, "hired")?.offer.clone();
        let offer = Offer {
            id: last.as_ref().map_or_else(|| self.next_id(), |last| last.id),
            version: last.as_ref().map_or(1, |last| last.version + 1),
            created_at: now,
            resolved_at: now,
            starts_at,
        };
        if let Some(application) = self.applications.get_mut(&id) {
            application.status = ApplicationStatus::Hired;
            application.offer = Some(offer);
        }
        self.touch(id, now);
        let hired = self.event("hire_candidate", id)?;
        let offer = self.applications.get(&id).and_then(|application| {
            let payload = person::offer_updated(application, application.offer.as_ref()?);
            Some(Event {
                action: "offer_updated",
                payload,
            })
        });
        Ok(iter::once(hired).chain(offer).collect())
    }

    /// Undoes a hire. The application becomes active again at its stage, and the offer is kept
    /// (inferred).
    pub(crate) fn unhire(&mut self, id: i64, now: DateTime<Utc>) -> Result<Event, ActError> {
        let application = self
            .applications
            .get_mut(&id)
            .ok_or(ActError::NotFound("Application"))?;
        if application.status != ApplicationStatus::Hired {
            return Err(ActError::Refused("Application is not hired".to_owned()));
        }
        application.status = ApplicationStatus::InProcess;
        self.touch(id, now);
        self.event("unhire_candidate", id)
    }
}
