use chrono::{DateTime, Utc};
use serde_json::json;

use crate::rows::User;
use crate::state::{ActError, State};

impl State {
    pub(crate) fn add_user(
        &mut self,
        first_name: &str,
        last_name: &str,
        email: &str,
        site_admin: bool,
        now: DateTime<Utc>,
    ) -> i64 {
        let id = self.next_id();
        let user = User {
            id,
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            name: format!("{first_name} {last_name}"),
            primary_email: email.to_owned(),
            job_title: None,
            agency_id: None,
            deactivated: false,
            site_admin,
            employee_id: None,
            linked_candidate_ids: Vec::new(),
            office_ids: Vec::new(),
            department_ids: Vec::new(),
            interviewer_tags: Vec::new(),
            custom_fields: self.unset_fields("user_attribute"),
            created_at: now,
            updated_at: now,
            service_account: false,
        };
        self.users.insert(id, user);
        // The record matches its table and is always accepted.
        let _ = self.add_record("user_emails", json!({ "user_id": id, "email": email }), now);
        id
    }

    pub(crate) fn set_consenting_user(&mut self, user: i64) -> Result<(), ActError> {
        let known = self.users.contains_key(&user);
        self.consenting_user = Some(user).filter(|_| known);
        match known {
            true => Ok(()),
            false => Err(ActError::NotFound("User")),
        }
    }

    pub(crate) fn add_service_user(&mut self, site_admin: bool, now: DateTime<Utc>) -> i64 {
        let id = self.add_user(
            "Integration",
            "User",
            "integration@greenhouse.example",
            site_admin,
            now,
        );
        if let Some(user) = self.users.get_mut(&id) {
            user.service_account = true;
        }
        id
    }
}
