use serde_json::Value;

use crate::handle::MockGreenhouse;
use crate::state::{ActError, JobChanges, StageChanges, UserChanges};

/// Changes that an administrator makes in Greenhouse itself. They fire no webhooks.
impl MockGreenhouse {
    /// Sets the status of a job: `open`, `closed` or `draft`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the job does not exist or the status is unknown.
    pub fn set_job_status(&self, job: i64, status: &str) -> Result<(), ActError> {
        let changes = JobChanges {
            status: Some(status.to_owned()),
            ..JobChanges::default()
        };
        self.world
            .state()
            .change_job(job, changes, self.world.now())
    }

    /// Removes a stage from its job's plan, or adds it again.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the stage does not exist.
    pub fn set_stage_active(&self, stage: i64, active: bool) -> Result<(), ActError> {
        let changes = StageChanges {
            active: Some(active),
            ..StageChanges::default()
        };
        self.change_stage(stage, changes)
    }

    /// Renames a stage. Applications at the stage show the new name.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the stage does not exist.
    pub fn rename_stage(&self, stage: i64, name: &str) -> Result<(), ActError> {
        let changes = StageChanges {
            name: Some(name.to_owned()),
            ..StageChanges::default()
        };
        self.change_stage(stage, changes)
    }

    /// Sets the stage transition rule for a stage. When an application moves to the stage, the
    /// partner's test with this id is sent in the background. `None` removes the rule.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the stage does not exist.
    pub fn set_stage_rule(
        &self,
        stage: i64,
        partner_test_id: Option<&str>,
    ) -> Result<(), ActError> {
        self.world
            .state()
            .set_stage_rule(stage, partner_test_id.map(str::to_owned))
    }

    /// Deactivates or reactivates a user. Tokens cannot be issued for a deactivated user.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the user does not exist.
    pub fn set_deactivated(&self, user: i64, deactivated: bool) -> Result<(), ActError> {
        let changes = UserChanges {
            deactivated: Some(deactivated),
            ..UserChanges::default()
        };
        self.change_user(user, changes)
    }

    /// Grants or revokes the Site Admin role.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the user does not exist.
    pub fn set_site_admin(&self, user: i64, site_admin: bool) -> Result<(), ActError> {
        let changes = UserChanges {
            site_admin: Some(site_admin),
            ..UserChanges::default()
        };
        self.change_user(user, changes)
    }

    /// Sets one member of a [`Record`](crate::Record), for example `active` in the list
    /// `custom_fields`.
    ///
    /// # Errors
    ///
    /// [`ActError`] if the row does not exist or the member is unknown.
    pub fn set_record(
        &self,
        list: &str,
        id: i64,
        member: &str,
        value: impl Into<Value>,
    ) -> Result<(), ActError> {
        self.world
            .state()
            .set_record(list, id, member, value.into(), self.world.now())
    }

    /// Removes a scope from the customer's credential, or adds it again. The change applies to
    /// tokens issued afterwards (inferred).
    pub fn withhold_scope(&self, scope: &str, withheld: bool) {
        let mut state = self.world.state();
        if withheld {
            state.scopes.remove(scope);
        } else {
            state.scopes.insert(scope.to_owned());
        }
    }

    /// Replaces the scopes of the customer's credential. The change applies to tokens issued
    /// afterwards (inferred).
    pub fn set_scopes<S: Into<String>>(&self, scopes: impl IntoIterator<Item = S>) {
        self.world.state().scopes = scopes.into_iter().map(Into::into).collect();
    }

    fn change_stage(&self, stage: i64, changes: StageChanges) -> Result<(), ActError> {
        self.world
            .state()
            .change_stage(stage, changes, self.world.now())
    }

    fn change_user(&self, user: i64, changes: UserChanges) -> Result<(), ActError> {
        self.world
            .state()
            .change_user(user, changes, self.world.now())
    }
}
