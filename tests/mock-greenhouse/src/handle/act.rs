use crate::handle::MockGreenhouse;
use crate::rows::{Delivery, Hook, HookForm};
use crate::state::{ActError, Event, Placement, foreign_event};
use crate::switches::FromStageId;
use crate::webhooks;

/// Actions of a recruiter. Each method sends the event to every active hook of its action and makes
/// the first attempt of each delivery before it returns. A failed delivery is not an error; it is
/// retried as the clock advances ([`deliver_due`](Self::deliver_due)). Without a hook the list of
/// deliveries is empty.
impl MockGreenhouse {
    /// Creates a webhook for one action and pings it. If the ping is not answered with 200, the
    /// hook is stored but not active.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] if hooks do not support the action.
    pub async fn add_hook(&self, action: &str, url: &str, secret: &str) -> Result<Hook, ActError> {
        self.add_hook_with(HookForm::new(action, url, secret)).await
    }

    /// Creates a webhook with all settings of a form, and pings it.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] if hooks do not support the action, or if the maximum number of
    /// attempts is 0.
    pub async fn add_hook_with(&self, form: HookForm) -> Result<Hook, ActError> {
        webhooks::add_hook(&self.world, form).await
    }

    /// Edits a webhook and pings it. If the ping is not answered with 200, the hook is disabled. A
    /// disabled hook stays disabled unless the form enables it.
    ///
    /// # Errors
    ///
    /// As [`add_hook_with`](Self::add_hook_with), and [`ActError::NotFound`] if the hook does not
    /// exist.
    pub async fn change_hook(&self, hook: i64, form: HookForm) -> Result<Hook, ActError> {
        webhooks::change_hook(&self.world, hook, form).await
    }

    /// Enables a disabled webhook, as an admin must after a failed ping. The hook is pinged and
    /// stays disabled if that fails.
    ///
    /// # Errors
    ///
    /// [`ActError::NotFound`] if the hook does not exist.
    pub async fn enable_hook(&self, hook: i64) -> Result<Hook, ActError> {
        self.change_hook(hook, HookForm::default().with_active(true))
            .await
    }

    /// Deletes a webhook and gives up its pending deliveries.
    ///
    /// # Errors
    ///
    /// [`ActError::NotFound`] if the hook does not exist.
    pub fn delete_hook(&self, hook: i64) -> Result<(), ActError> {
        self.world.state().delete_hook(hook)
    }

    /// Makes every due attempt of a webhook delivery, by the mock's clock: 1, 15, 60, 120, 240 and
    /// 480 minutes after the previous one. Returns the deliveries that were attempted. On a running
    /// clock this happens automatically; on a held clock only this method does it.
    pub async fn deliver_due(&self) -> Vec<Delivery> {
        webhooks::deliver_due(&self.world).await
    }

    /// Rejects an application with the seeded reason. Fires `reject_candidate`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist or is not active.
    pub async fn reject(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        let event = {
            let mut state = self.world.state();
            let reason = state.rejection_reason;
            state.reject(application, reason, self.world.now())?
        };
        Ok(self.tell(&event).await)
    }

    /// Undoes a rejection. Fires `unreject_candidate`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist or is not rejected.
    pub async fn unreject(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        let event = self.world.state().unreject(application, self.world.now())?;
        Ok(self.tell(&event).await)
    }

    /// Hires the candidate of an application. Fires `hire_candidate`, and `offer_updated` for the
    /// accepted offer.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist or is not active.
    pub async fn hire(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        let events = self
            .world
            .state()
            .hire(application, None, self.world.now())?;
        Ok(self.tell_all(&events).await)
    }

    /// Moves an application to another stage of its job. Fires `candidate_stage_change`, or nothing
    /// if the application is already there.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist or is not active, or if the stage belongs to
    /// another job.
    pub async fn move_to(&self, application: i64, stage: i64) -> Result<Vec<Delivery>, ActError> {
        let event = {
            let mut state = self.world.state();
            let row = state
                .applications
                .get(&application)
                .ok_or(ActError::NotFound("Application"))?;
            let here = match state.switches.from_stage_id {
                FromStageId::StageRow => row.stage_id,
                _ => row.job_interview_stage_id,
            };
            let here = here.unwrap_or_default();
            state.move_application(
                application,
                here,
                Placement {
                    job_id: None,
                    stage_id: Some(stage),
                },
                self.world.now(),
            )?
        };
        match event {
            Some(event) => Ok(self.tell(&event).await),
            None => Ok(Vec::new()),
        }
    }

    /// Edits an application without changing anything but its times. Fires `application_updated`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist.
    pub async fn update_application(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        let event = self
            .world
            .state()
            .update_application(application, self.world.now())?;
        Ok(self.tell(&event).await)
    }

    /// Fires an event about an application and a candidate that this Greenhouse never had:
    /// `reject_candidate`, `unreject_candidate`, `hire_candidate`, `unhire_candidate`,
    /// `candidate_stage_change`, `application_updated`, `new_candidate_application`,
    /// `update_candidate`, `delete_application`, `delete_candidate` or `candidate_anonymized`.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] for any other action.
    pub async fn send_stranger(&self, action: &str) -> Result<Vec<Delivery>, ActError> {
        let event = foreign_event(&mut self.world.state(), action, self.world.now())?;
        Ok(self.tell(&event).await)
    }

    /// Sends a delivery again by hand, with the same body and, by default, the same event id.
    /// Returns the delivery with all attempts. The schedule is unchanged unless this attempt
    /// succeeds.
    ///
    /// # Errors
    ///
    /// [`ActError::NotFound`] if the delivery does not belong to this mock.
    pub async fn redeliver(&self, delivery: &Delivery) -> Result<Delivery, ActError> {
        webhooks::redeliver(&self.world, delivery.number).await
    }

    pub(super) async fn tell_all(&self, events: &[Event]) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        for event in events {
            deliveries.extend(self.tell(event).await);
        }
        deliveries
    }

    async fn tell(&self, event: &Event) -> Vec<Delivery> {
        webhooks::fire(&self.world, event).await
    }
}
