use crate::handle::MockGreenhouse;
use crate::rows::{Address, CandidateChanges, Delivery};
use crate::state::{ActError, Event, State};

/// Acting on people and on the existence of applications. As with the other acts, what happened is
/// told to every active hook of its action, with the first attempt made before the method returns.
impl MockGreenhouse {
    /// Applies to a job for a candidate, as a recruiter does in Greenhouse itself. Fires
    /// `new_candidate_application`. Returns the application.
    ///
    /// # Errors
    ///
    /// As [`seed_application`](Self::seed_application).
    pub async fn apply(&self, candidate: i64, job: i64) -> Result<(i64, Vec<Delivery>), ActError> {
        let (id, event) = {
            let mut state = self.world.state();
            let id = state.apply(candidate, job, None, self.world.now())?;
            (id, state.applied(id)?)
        };
        Ok((id, self.tell_all(&[event]).await))
    }

    /// Makes a candidate a prospect for zero or more jobs. Fires `new_prospect_application`.
    /// Returns the application.
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
            (id, state.applied(id)?)
        };
        Ok((id, self.tell_all(&[event]).await))
    }

    /// Replaces the e-mail addresses of a candidate with this personal one. Fires
    /// `update_candidate`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the candidate does not exist.
    pub async fn change_email(
        &self,
        candidate: i64,
        email: &str,
    ) -> Result<Vec<Delivery>, ActError> {
        let changes = CandidateChanges {
            email_addresses: Some(vec![Address {
                value: email.to_owned(),
                kind: "personal".to_owned(),
            }]),
            ..CandidateChanges::default()
        };
        self.do_and_tell(|state| {
            let row = state
                .candidates
                .get_mut(&candidate)
                .ok_or(ActError::NotFound("Candidate"))?;
            row.change(changes, self.world.now());
            Ok(vec![state.candidate_updated(candidate)?])
        })
        .await
    }

    /// Merges `loser` into `winner`. Fires `merge_candidate` if a hook for it is active, otherwise
    /// `delete_candidate`. If both have an application to the same job, the winner's is kept and
    /// `delete_application` is fired for the loser's.
    ///
    /// # Errors
    ///
    /// [`ActError`] if one of the candidates does not exist or both are the same.
    pub async fn merge(&self, winner: i64, loser: i64) -> Result<Vec<Delivery>, ActError> {
        self.do_and_tell(|state| state.merge(winner, loser, self.world.now()))
            .await
    }

    /// Deletes a candidate with all applications. Fires `delete_candidate` only.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the candidate does not exist.
    pub async fn delete_candidate(&self, candidate: i64) -> Result<Vec<Delivery>, ActError> {
        self.do_and_tell(|state| state.delete_candidate(candidate))
            .await
    }

    /// Deletes an application, which also removes the candidate from the job. Fires
    /// `delete_application`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist.
    pub async fn delete_application(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        self.do_and_tell(|state| state.delete_application(application))
            .await
    }

    /// Anonymizes the named fields of a candidate, for example `full_name` and `email_addresses`.
    /// Fires `candidate_anonymized`, and `offer_deleted` if the fields include `offers` or
    /// `all_offer_versions`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the candidate does not exist or no field is named.
    pub async fn anonymize(
        &self,
        candidate: i64,
        fields: &[&str],
    ) -> Result<Vec<Delivery>, ActError> {
        let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        self.do_and_tell(|state| state.anonymize(candidate, &fields, self.world.now()))
            .await
    }

    /// Undoes a hire. Fires `unhire_candidate`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the application does not exist or is not hired.
    pub async fn unhire(&self, application: i64) -> Result<Vec<Delivery>, ActError> {
        self.do_and_tell(|state| Ok(vec![state.unhire(application, self.world.now())?]))
            .await
    }

    async fn do_and_tell(
        &self,
        act: impl FnOnce(&mut State) -> Result<Vec<Event>, ActError>,
    ) -> Result<Vec<Delivery>, ActError> {
        let events = act(&mut self.world.state())?;
        Ok(self.tell_all(&events).await)
    }
}
