use serde_json::Value;

use crate::handle::MockGreenhouse;
use crate::rows::User;
use crate::state::ActError;

/// Changes of an administrator in Greenhouse itself. They fire no webhooks.
impl MockGreenhouse {
    /// Sets the status of a job: `open`, `closed` or `draft`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the job does not exist or the status is unknown.
    pub fn set_job_status(&self, job: i64, status: &str) -> Result<(), ActError> {
        if !["open", "closed", "draft"].contains(&status) {
            return Err(ActError::Refused(format!(
                "unknown job status {status}, expected open, closed or draft"
            )));
        }
        let now = self.world.now();
        let mut state = self.world.state();
        let job = state.jobs.get_mut(&job).ok_or(ActError::NotFound("Job"))?;
        status.clone_into(&mut job.status);
        job.closed_at = (status == "closed").then_some(now);
        job.updated_at = now;
        Ok(())
    }

    /// Removes a stage from its job's plan, or adds it again.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the stage does not exist.
    pub fn set_stage_active(&self, stage: i64, active: bool) -> Result<(), ActError> {
        let now = self.world.now();
        let mut state = self.world.state();
        let stage = state
            .job_interview_stages
            .get_mut(&stage)
            .ok_or(ActError::NotFound("Job interview stage"))?;
        stage.active = active;
        stage.updated_at = now;
        Ok(())
    }

    /// Deactivates a user, or activates one again. Tokens cannot be issued for a deactivated user.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the user does not exist.
    pub fn set_deactivated(&self, user: i64, deactivated: bool) -> Result<(), ActError> {
        self.change_user(user, |user| user.deactivated = deactivated)
    }

    /// Grants or revokes the Site Admin role.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the user does not exist.
    pub fn set_site_admin(&self, user: i64, site_admin: bool) -> Result<(), ActError> {
        self.change_user(user, |user| user.site_admin = site_admin)
    }

    /// Sets one member of a row in a list that is described by a table, for example `active` in
    /// `custom_fields`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the row does not exist or has no such member.
    pub fn set_record(
        &self,
        list: &str,
        id: i64,
        member: &str,
        value: impl Into<Value>,
    ) -> Result<(), ActError> {
        let now = self.world.now();
        let mut state = self.world.state();
        let row = state
            .records
            .get_mut(list, id)
            .ok_or(ActError::NotFound("Row"))?;
        if !row.members.contains_key(member) {
            return Err(ActError::Refused(format!("{list} have no {member}")));
        }
        row.set(member, value, now);
        Ok(())
    }

    /// Removes a scope from the customer's credential, or adds it again. Applies to tokens that are
    /// issued afterwards (inferred).
    pub fn withhold_scope(&self, scope: &str, withheld: bool) {
        let mut state = self.world.state();
        if withheld {
            state.withheld_scopes.insert(scope.to_owned());
        } else {
            state.withheld_scopes.remove(scope);
        }
    }

    fn change_user(&self, user: i64, change: impl FnOnce(&mut User)) -> Result<(), ActError> {
        let now = self.world.now();
        let mut state = self.world.state();
        let user = state
            .users
            .get_mut(&user)
            .ok_or(ActError::NotFound("User"))?;
        change(user);
        user.updated_at = now;
        Ok(())
    }
}
