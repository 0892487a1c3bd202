use crate::assessment;
use crate::handle::MockGreenhouse;
use crate::rows::Delivery;
use crate::state::{ActError, Placement, StageEntry};

/// Actions of a recruiter. Each method sends the event to every active hook for its action and
/// makes the first attempt of each delivery before it returns. A failed delivery is not an error;
/// the mock retries it as the clock advances ([`deliver_due`](Self::deliver_due)). Without a hook,
/// the list of deliveries is empty.
impl MockGreenhouse {
    /// Rejects an application with the seeded reason. Fires `reject_candidate`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist or is not active.
    pub async fn reject(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        self.act(|state| {
            let reason = state.rejection_reason;
            Ok(vec![state.reject(application, reason, self.world.now())?])
        })
        .await
    }

    /// Undoes a rejection. Fires `unreject_candidate`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist or is not rejected.
    pub async fn unreject(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        self.act(|state| Ok(vec![state.unreject(application, self.world.now())?]))
            .await
    }

    /// Hires the candidate of an application. Fires `hire_candidate`, and `offer_updated` for the
    /// accepted offer.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist or is not active.
    pub async fn hire(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        self.act(|state| state.hire(application, None, self.world.now()))
            .await
    }

    /// Undoes a hire. Fires `unhire_candidate`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist or is not hired.
    pub async fn unhire(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        self.act(|state| Ok(vec![state.unhire(application, self.world.now())?]))
            .await
    }

    /// Moves an application to another stage of its job. Fires `candidate_stage_change`, or nothing
    /// if the application is already there.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist or is not active, or if the stage belongs to
    /// another job.
    pub async fn move_to(&self, application: i64, stage: i64) -> Result<Vec<Delivery>, ActError> {
        self.act(|state| {
            let here = state.expected_from_stage(application)?;
            let to = Placement {
                job_id: None,
                stage_id: Some(stage),
            };
            let event = state.move_application(application, here, to, self.world.now())?;
            Ok(event.into_iter().collect())
        })
        .await
    }

    /// Edits an application, which changes only its times. Fires `application_updated`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist.
    pub async fn update_application(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        self.act(|state| {
            Ok(vec![
                state.update_application(application, self.world.now())?,
            ])
        })
        .await
    }

    /// Creates a candidate's application to a job, as a recruiter does in Greenhouse itself. Fires
    /// `new_candidate_application`. Returns the application's id.
    ///
    /// # Errors
    ///
    /// The same as for [`seed_application`](Self::seed_application).
    pub async fn apply(&self, candidate: i64, job: i64) -> Result<(i64, Vec<Delivery>), ActError> {
        let (id, event, tests) = {
            let mut state = self.world.state();
            let id = state.apply(candidate, job, None, self.world.now())?;
            state.trigger_stage_rule(id, StageEntry::Creation);
            let tests = state.take_triggered_tests();
            (id, state.application_event(id)?, tests)
        };
        assessment::send_triggered(&self.world, tests);
        Ok((id, self.fire_all(&[event]).await))
    }

    /// Makes a candidate a prospect for zero or more jobs. Fires `new_prospect_application`.
    /// Returns the application's id.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the candidate does not exist.
    pub async fn add_prospect(
        &self,
        candidate: i64,
        jobs: &[i64],
    ) -> Result<(i64, Vec<Delivery>), ActError> {
        let (id, event) = {
            let mut state = self.world.state();
            let id = state.apply_as_prospect(candidate, jobs.to_vec(), self.world.now())?;
            (id, state.application_event(id)?)
        };
        Ok((id, self.fire_all(&[event]).await))
    }

    /// Deletes an application, which also removes the candidate from the job. Fires
    /// `delete_application`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist.
    pub async fn delete_application(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        self.act(|state| state.delete_application(application))
            .await
    }
}
