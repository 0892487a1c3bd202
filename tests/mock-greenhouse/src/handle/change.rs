use serde_json::Value;

use crate::handle::MockGreenhouse;
use crate::rows::User;
use crate::state::ActError;

/// Changing what was seeded, as an administrator does in Greenhouse itself. No webhook tells of it.
impl MockGreenhouse {
    /// Opens, closes or drafts a job: `open`, `closed`, `draft`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if there is no such job or word.
    pub fn set_job_status(&self, job: i64, status: &str) -> Result<(), ActError> {
        if !["open", "closed", "draft"].contains(&status) {
            return Err(ActError::Refused(format!("{status} is no status of a job")));
        }
        let now = self.world.now();
        let mut state = self.world.state();
        let job = state.jobs.get_mut(&job).ok_or(ActError::NotFound("Job"))?;
        status.clone_into(&mut job.status);
        job.closed_at = (status == "closed").then_some(now);
        job.updated_at = now;
        Ok(())
    }

    /// Takes a stage out of its job's plan, or back in.
    ///
    /// # Errors
    ///
    /// [`ActError`] if there is no such stage.
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

    /// Deactivates a user, or activates one again. No token is given in the name of a deactivated one.
    ///
    /// # Errors
    ///
    /// [`ActError`] if there is no such user.
    pub fn set_deactivated(&self, user: i64, deactivated: bool) -> Result<(), ActError> {
        self.change_user(user, |user| user.deactivated = deactivated)
    }

    /// Makes a user a Site Admin, or no longer one.
    ///
    /// # Errors
    ///
    /// [`ActError`] if there is no such user.
    pub fn set_site_admin(&self, user: i64, site_admin: bool) -> Result<(), ActError> {
        self.change_user(user, |user| user.site_admin = site_admin)
    }

    /// Sets one member of a row of a list that is plain data, for example `active` of a row of `custom_fields`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if there is no such row, or the list's rows have no such member.
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

    /// Takes a scope from the customer's credential, or gives it back. It counts for tokens that are given from then on
    /// (inferred).
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
