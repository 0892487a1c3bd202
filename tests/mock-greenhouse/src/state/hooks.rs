use chrono::{DateTime, Utc};

use crate::rows::{Delivery, Hook, HookForm, StoredHook};
use crate::state::{ActError, State};

impl State {
    /// Adds a hook, which is inactive until its ping succeeds.
    pub(crate) fn add_hook(&mut self, form: HookForm, now: DateTime<Utc>) -> Result<i64, ActError> {
        let missing = || ActError::Refused("action, url and secret are required".to_owned());
        let (action, label) = known(form.action.as_deref().ok_or_else(missing)?)?;
        let hook = Hook {
            id: self.next_id(),
            name: form.name.clone().unwrap_or_else(|| label.to_owned()),
            action: action.to_owned(),
            url: form.url.clone().ok_or_else(missing)?,
            max_attempts: DEFAULT_ATTEMPTS,
            additional_headers: None,
            error_recipient_email: None,
            active: false,
            last_delivered: None,
            created_at: now,
            updated_at: now,
        };
        let id = hook.id;
        let mut stored = StoredHook {
            hook,
            secret: form.secret.clone().ok_or_else(missing)?,
            basic_auth: None,
            enabling: form.active != Some(false),
            client_id: None,
        };
        change(&mut stored, form, now)?;
        self.hooks.insert(id, stored);
        Ok(id)
    }

    /// Edits a hook, which must be pinged afterwards.
    pub(crate) fn change_hook(
        &mut self,
        id: i64,
        form: HookForm,
        now: DateTime<Utc>,
    ) -> Result<(), ActError> {
        let stored = self
            .hooks
            .get_mut(&id)
            .ok_or(ActError::NotFound("Webhook"))?;
        stored.enabling = form.active.unwrap_or(stored.hook.active);
        change(stored, form, now)
    }

    /// Deletes a hook. Its pending deliveries are given up (inferred).
    pub(crate) fn delete_hook(&mut self, id: i64) -> Result<(), ActError> {
        let removed = self.hooks.remove(&id);
        removed.map(drop).ok_or(ActError::NotFound("Webhook"))
    }

    /// Returns the hook of a delivery.
    pub(crate) fn hook_of(&self, delivery: &Delivery) -> Result<&StoredHook, ActError> {
        self.hooks
            .get(&delivery.hook_id)
            .ok_or(ActError::NotFound("Webhook"))
    }
}

fn change(stored: &mut StoredHook, form: HookForm, now: DateTime<Utc>) -> Result<(), ActError> {
    if form.max_attempts == Some(0) {
        return Err(ActError::Refused(
            "expected max_attempts of at least 1, got 0".to_owned(),
        ));
    }
    if let Some(action) = &form.action {
        stored.hook.action = known(action)?.0.to_owned();
    }
    set(&mut stored.hook.name, form.name);
    set(&mut stored.hook.url, form.url);
    set(&mut stored.secret, form.secret);
    set(&mut stored.hook.max_attempts, form.max_attempts);
    set(&mut stored.basic_auth, form.basic_auth);
    set(&mut stored.hook.additional_headers, form.additional_headers);
    set(
        &mut stored.hook.error_recipient_email,
        form.error_recipient_email,
    );
    if form.active == Some(false) {
        stored.hook.active = false;
    }
    stored.hook.updated_at = now;
    Ok(())
}

/// Returns the label of a hook's event.
pub(crate) fn hook_label(action: &str) -> Result<&'static str, ActError> {
    Ok(known(action)?.1)
}

fn known(action: &str) -> Result<(&'static str, &'static str), ActError> {
    ACTIONS
        .iter()
        .find(|(known, _)| *known == action)
        .copied()
        .ok_or_else(|| ActError::Refused(format!("webhooks do not support the action {action}")))
}

fn set<T>(member: &mut T, sent: Option<T>) {
    if let Some(sent) = sent {
        *member = sent;
    }
}

const DEFAULT_ATTEMPTS: u32 = 7;

/// The API's closed list of actions (official specification), each with the label in its ping. Most
/// labels are inferred.
const ACTIONS: &[(&str, &str)] = &[
    ("application_updated", "Application has been updated"),
    ("candidate_anonymized", "Candidate has been anonymized"),
    ("candidate_stage_change", "Candidate has changed stage"),
    ("delete_application", "Application has been deleted"),
    ("delete_candidate", "Candidate has been deleted"),
    ("department_deleted", "Department has been deleted"),
    ("hire_candidate", "Candidate has been hired"),
    ("interview_deleted", "Interview has been deleted"),
    ("job_approved", "Job has been approved"),
    ("job_created", "Job has been created"),
    ("job_deleted", "Job has been deleted"),
    (
        "job_interview_stage_deleted",
        "Job interview stage has been deleted",
    ),
    ("job_post_created", "Job Post Created"),
    ("job_post_deleted", "Job Post Deleted"),
    ("job_post_updated", "Job Post Updated"),
    ("job_updated", "Job has been updated"),
    ("merge_candidate", "Candidate has been merged"),
    (
        "new_candidate_application",
        "Candidate has submitted application",
    ),
    ("new_prospect_application", "Prospect has been created"),
    ("offer_approved", "Offer has been approved"),
    ("offer_created", "Offer has been created"),
    ("offer_deleted", "Offer has been deleted"),
    ("offer_updated", "Offer has been updated"),
    ("office_deleted", "Office has been deleted"),
    ("reject_candidate", "Candidate has been rejected"),
    ("scorecard_deleted", "Scorecard has been deleted"),
    ("unhire_candidate", "Candidate has been unhired"),
    ("unreject_candidate", "Candidate has been unrejected"),
    ("update_candidate", "Candidate has been updated"),
];
