use crate::handle::MockGreenhouse;
use crate::rows::{Delivery, Hook, HookForm};
use crate::state::{ActError, Event, Placement, foreign_event};
use crate::switches::FromStageId;
use crate::webhooks;

/// Acting as a recruiter in Greenhouse. What happened is told to every active hook of its action, with the first attempt each, before
/// the method returns; a failed delivery is no error of the method, and is tried again as the clock goes on
/// ([`deliver_due`](Self::deliver_due)). Without a hook the list of deliveries is empty.
impl MockGreenhouse {
    /// Sets up a webhook for one action and pings it. If the ping is not answered with 200, the hook stays and is not active.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] if no hook can serve the action.
    pub async fn add_hook(&self, action: &str, url: &str, secret: &str) -> Result<Hook, ActError> {
        self.add_hook_with(HookForm::new(action, url, secret)).await
    }

    /// The same with everything that the form has.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] if no hook can serve the action, or if it is to be tried less than once.
    pub async fn add_hook_with(&self, form: HookForm) -> Result<Hook, ActError> {
        webhooks::add_hook(&self.world, form).await
    }

    /// Edits a webhook and pings it. If the ping is not answered with 200, the hook is disabled; one that was disabled stays so
    /// unless the form makes it active.
    ///
    /// # Errors
    ///
    /// As [`add_hook_with`](Self::add_hook_with), and [`ActError::NotFound`].
    pub async fn change_hook(&self, hook: i64, form: HookForm) -> Result<Hook, ActError> {
        webhooks::change_hook(&self.world, hook, form).await
    }

    /// Switches a disabled webhook on again, as a person must after a failed ping. It is pinged, and stays disabled if that fails.
    ///
    /// # Errors
    ///
    /// [`ActError::NotFound`] if there is no such hook.
    pub async fn enable_hook(&self, hook: i64) -> Result<Hook, ActError> {
        self.change_hook(hook, HookForm::default().with_active(true))
            .await
    }

    /// Deletes a webhook. What it has not delivered is given up.
    ///
    /// # Errors
    ///
    /// [`ActError::NotFound`] if there is no such hook.
    pub fn delete_hook(&self, hook: i64) -> Result<(), ActError> {
        self.world.state().delete_hook(hook)
    }

    /// Makes every attempt of a webhook delivery that is due by the mock's clock: 1, 15, 60, 120, 240 and 480 minutes after the one
    /// before. Returns the deliveries that were tried. While the clock runs this happens by itself; on a held clock only here.
    pub async fn deliver_due(&self) -> Vec<Delivery> {
        webhooks::deliver_due(&self.world).await
    }

    /// Rejects an application with the seeded reason; tells `reject_candidate`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if there is no such application or it is not active.
    pub async fn reject(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        let event = {
            let mut state = self.world.state();
            let reason = state.rejection_reason;
            state.reject(application, reason, self.world.now())?
        };
        Ok(self.tell(&event).await)
    }

    /// Undoes a rejection; tells `unreject_candidate`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if there is no such application or it is not rejected.
    pub async fn unreject(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        let event = self.world.state().unreject(application, self.world.now())?;
        Ok(self.tell(&event).await)
    }

    /// Hires the candidate of an application; tells `hire_candidate` and, of the accepted offer, `offer_updated`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if there is no such application or it is not active.
    pub async fn hire(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        let events = self
            .world
            .state()
            .hire(application, None, self.world.now())?;
        Ok(self.tell_all(&events).await)
    }

    /// Moves an application to a job interview stage of its own job; tells `candidate_stage_change`, or nothing if it is there already.
    ///
    /// # Errors
    ///
    /// [`ActError`] if there is no such application, it is not active, or the stage is not one of its job.
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

    /// Edits an application so that nothing but its times changes; tells `application_updated`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if there is no such application.
    pub async fn update_application(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        let event = self
            .world
            .state()
            .update_application(application, self.world.now())?;
        Ok(self.tell(&event).await)
    }

    /// Tells an event about an application and a person that were never in this Greenhouse: `reject_candidate`, `unreject_candidate`,
    /// `hire_candidate`, `unhire_candidate`, `candidate_stage_change`, `application_updated`, `new_candidate_application`,
    /// `update_candidate`, `delete_application`, `delete_candidate` or `candidate_anonymized`.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] for any other action.
    pub async fn send_stranger(&self, action: &str) -> Result<Vec<Delivery>, ActError> {
        let event = foreign_event(&mut self.world.state(), action, self.world.now())?;
        Ok(self.tell(&event).await)
    }

    /// Sends a delivery once more by hand: the same body, the same event id unless configured otherwise. The answer has all attempts.
    /// The schedule goes on as it was, unless this attempt delivers.
    ///
    /// # Errors
    ///
    /// [`ActError::NotFound`] if the delivery is not one of this mock.
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
