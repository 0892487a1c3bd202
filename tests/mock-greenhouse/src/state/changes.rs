use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::state::{ActError, State};

/// Changes to a job. An absent member keeps its value.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct JobChanges {
    pub(crate) name: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) confidential: Option<bool>,
    pub(crate) requisition_id: Option<String>,
}

/// Changes to a stage. An absent member keeps its value.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StageChanges {
    pub(crate) name: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) sort_order: Option<i64>,
}

/// Changes to a user. An absent member keeps its value.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct UserChanges {
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) site_admin: Option<bool>,
    pub(crate) deactivated: Option<bool>,
    /// Objects with `id` and `name`.
    pub(crate) interviewer_tags: Option<Vec<Value>>,
}

/// Changes that an administrator makes.
impl State {
    pub(crate) fn change_job(
        &mut self,
        id: i64,
        changes: JobChanges,
        now: DateTime<Utc>,
    ) -> Result<(), ActError> {
        if let Some(status) = &changes.status
            && !["open", "closed", "draft"].contains(&status.as_str())
        {
            return Err(ActError::Refused(format!(
                "unknown job status {status}, expected open, closed or draft"
            )));
        }
        let job = self.jobs.get_mut(&id).ok_or(ActError::NotFound("Job"))?;
        if let Some(status) = changes.status {
            job.closed_at = (status == "closed").then_some(now);
            if status == "open" && job.status != "open" {
                job.opened_at = Some(now);
            }
            job.status = status;
        }
        set(&mut job.name, changes.name);
        set(&mut job.confidential, changes.confidential);
        set(&mut job.requisition_id, changes.requisition_id.map(Some));
        job.updated_at = now;
        Ok(())
    }

    /// Changes a stage. Applications at a renamed stage show the new name.
    pub(crate) fn change_stage(
        &mut self,
        id: i64,
        changes: StageChanges,
        now: DateTime<Utc>,
    ) -> Result<(), ActError> {
        let stage = self
            .job_interview_stages
            .get_mut(&id)
            .ok_or(ActError::NotFound("Job interview stage"))?;
        set(&mut stage.active, changes.active);
        set(&mut stage.sort_order, changes.sort_order);
        set(&mut stage.name, changes.name);
        stage.updated_at = now;
        let name = stage.name.clone();
        for application in self.applications.values_mut() {
            if application.job_interview_stage_id == Some(id) {
                application.stage_name = Some(name.clone());
            }
        }
        Ok(())
    }

    /// Changes a user. A new address replaces the address in `user_emails`.
    pub(crate) fn change_user(
        &mut self,
        id: i64,
        changes: UserChanges,
        now: DateTime<Utc>,
    ) -> Result<(), ActError> {
        let user = self.users.get_mut(&id).ok_or(ActError::NotFound("User"))?;
        set(&mut user.first_name, changes.first_name);
        set(&mut user.last_name, changes.last_name);
        set(&mut user.site_admin, changes.site_admin);
        set(&mut user.deactivated, changes.deactivated);
        set(&mut user.interviewer_tags, changes.interviewer_tags);
        user.name = format!("{} {}", user.first_name, user.last_name);
        user.updated_at = now;
        let Some(email) = changes.email else {
            return Ok(());
        };
        user.primary_email.clone_from(&email);
        self.records
            .remove_where("user_emails", |row| row.integer("user_id") == Some(id));
        let row = json!({ "user_id": id, "email": email });
        self.add_record("user_emails", row, now).map(|_| ())
    }

    /// Sets one member of a record.
    pub(crate) fn set_record(
        &mut self,
        list: &str,
        id: i64,
        member: &str,
        value: Value,
        now: DateTime<Utc>,
    ) -> Result<(), ActError> {
        let row = self
            .records
            .get_mut(list, id)
            .ok_or(ActError::NotFound("Row"))?;
        if !row.members.contains_key(member) {
            return Err(ActError::Refused(format!(
                "rows of {list} have no member {member}"
            )));
        }
        row.set(member, value, now);
        Ok(())
    }
}

fn set<T>(member: &mut T, sent: Option<T>) {
    if let Some(sent) = sent {
        *member = sent;
    }
}
