use crate::handle::MockGreenhouse;
use crate::rows::{Address, CandidateChanges, Delivery};
use crate::state::ActError;

/// Changes to candidates. As for applications, each method fires the event and makes the first
/// delivery attempts before it returns.
impl MockGreenhouse {
    /// Replaces a candidate's e-mail addresses with this personal address. Fires
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
        self.act(|state| {
            let row = state
                .candidates
                .get_mut(&candidate)
                .ok_or(ActError::NotFound("Candidate"))?;
            row.change(changes, self.world.now());
            Ok(vec![state.candidate_update_event(candidate)?])
        })
        .await
    }

    /// Merges `loser` into `winner`. Fires `merge_candidate` if a hook for it is active, otherwise
    /// `delete_candidate`. If both have an application to the same job, the winner's application is
    /// kept, and `delete_application` is fired for the loser's application.
    ///
    /// # Errors
    ///
    /// [`ActError`] if one of the candidates does not exist or both are the same.
    pub async fn merge(&self, winner: i64, loser: i64) -> Result<Vec<Delivery>, ActError> {
        self.act(|state| state.merge(winner, loser, self.world.now()))
            .await
    }

    /// Deletes a candidate and all of its applications. Fires only `delete_candidate`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the candidate does not exist.
    pub async fn delete_candidate(&self, candidate: i64) -> Result<Vec<Delivery>, ActError> {
        self.act(|state| state.delete_candidate(candidate)).await
    }

    /// Anonymizes the named fields of a candidate, for example `full_name` and `email_addresses`.
    /// Fires `candidate_anonymized`, and `offer_deleted` if the fields include `offers` or
    /// `all_offer_versions`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the candidate does not exist or `fields` is empty.
    pub async fn anonymize(
        &self,
        candidate: i64,
        fields: &[&str],
    ) -> Result<Vec<Delivery>, ActError> {
        let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        self.act(|state| state.anonymize(candidate, &fields, self.world.now()))
            .await
    }
}
