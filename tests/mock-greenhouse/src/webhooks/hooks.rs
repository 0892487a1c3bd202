use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;

use crate::state::{ActError, State};
use crate::time::{as_millis, as_millis_or_null, seconds};
use crate::webhooks::sender::deliver;
use crate::world::World;

/// A webhook as an admin set it up: one event, one address, one secret. `Debug` and JSON show neither secret nor password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Hook {
    /// The id.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// The one action it tells.
    pub action: String,
    /// Where it goes.
    pub url: String,
    /// How often an event is tried before it is given up.
    pub max_attempts: u32,
    /// Further headers, a `Name: value` on each line (the form is inferred).
    pub additional_headers: Option<String>,
    /// Who is told of failures; the mock sends no mail.
    pub error_recipient_email: Option<String>,
    /// False after a failed ping; a disabled hook sends nothing (documented).
    pub active: bool,
    /// When an event was last delivered.
    #[serde(serialize_with = "as_millis_or_null")]
    pub last_delivered: Option<DateTime<Utc>>,
    /// When it was set up.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

/// The form of a webhook, to set one up ([`new`](Self::new)) or to edit one ([`default`](Self::default)): what is not given stays,
/// or has its default in a new hook. `Debug` shows neither secret nor password.
#[derive(Clone, Default)]
pub struct HookForm {
    pub(crate) name: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) secret: Option<String>,
    pub(crate) max_attempts: Option<u32>,
    pub(crate) basic_auth: Option<Option<(String, String)>>,
    pub(crate) additional_headers: Option<Option<String>>,
    pub(crate) error_recipient_email: Option<Option<String>>,
    pub(crate) active: Option<bool>,
}

impl HookForm {
    /// What every hook needs.
    #[must_use]
    pub fn new(
        action: impl Into<String>,
        url: impl Into<String>,
        secret: impl Into<String>,
    ) -> Self {
        Self {
            action: Some(action.into()),
            url: Some(url.into()),
            secret: Some(secret.into()),
            ..Self::default()
        }
    }

    /// Goes to this address.
    #[must_use]
    pub fn with_url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Is signed with this secret.
    #[must_use]
    pub fn with_secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Is tried so often, at least once. Default 7 (documented).
    #[must_use]
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// Carries a Basic `Authorization` header.
    #[must_use]
    pub fn with_basic_auth(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.basic_auth = Some(Some((user.into(), password.into())));
        self
    }

    /// Is switched on or off.
    #[must_use]
    pub fn with_active(mut self, active: bool) -> Self {
        self.active = Some(active);
        self
    }
}

impl fmt::Debug for HookForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookForm")
            .field("action", &self.action)
            .field("url", &self.url)
            .field("max_attempts", &self.max_attempts)
            .finish_non_exhaustive()
    }
}

/// A hook with its secret.
#[derive(Clone)]
pub(crate) struct StoredHook {
    pub(crate) hook: Hook,
    pub(crate) secret: String,
    pub(crate) basic_auth: Option<(String, String)>,
    /// Whether a ping that is answered with 200 makes it active.
    pub(crate) enabling: bool,
}

impl fmt::Debug for StoredHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hook.fmt(f)
    }
}

impl State {
    /// A hook that is not active until it has answered its [`ping`].
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
        };
        stored.change(form, now)?;
        self.hooks.insert(id, stored);
        Ok(id)
    }

    /// Edits a hook, which must be [`ping`]ed then.
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
        stored.change(form, now)
    }

    /// What was not delivered yet is given up (inferred).
    pub(crate) fn delete_hook(&mut self, id: i64) -> Result<(), ActError> {
        let removed = self.hooks.remove(&id);
        removed.map(drop).ok_or(ActError::NotFound("Webhook"))
    }
}

impl StoredHook {
    fn change(&mut self, form: HookForm, now: DateTime<Utc>) -> Result<(), ActError> {
        if form.max_attempts == Some(0) {
            return Err(ActError::Refused(
                "max_attempts must be at least 1".to_owned(),
            ));
        }
        if let Some(action) = &form.action {
            self.hook.action = known(action)?.0.to_owned();
        }
        set(&mut self.hook.name, form.name);
        set(&mut self.hook.url, form.url);
        set(&mut self.secret, form.secret);
        set(&mut self.hook.max_attempts, form.max_attempts);
        set(&mut self.basic_auth, form.basic_auth);
        set(&mut self.hook.additional_headers, form.additional_headers);
        set(
            &mut self.hook.error_recipient_email,
            form.error_recipient_email,
        );
        if form.active == Some(false) {
            self.hook.active = false;
        }
        self.hook.updated_at = now;
        Ok(())
    }
}

/// Sets a hook up and pings it.
pub(crate) async fn add_hook(world: &Arc<World>, form: HookForm) -> Result<Hook, ActError> {
    let id = world.state().add_hook(form, world.now())?;
    ping(world, id).await
}

/// Edits a hook and pings it.
pub(crate) async fn change_hook(
    world: &Arc<World>,
    id: i64,
    form: HookForm,
) -> Result<Hook, ActError> {
    world.state().change_hook(id, form, world.now())?;
    ping(world, id).await
}

/// Pings a hook, once. A ping that is not answered with 200 leaves it disabled, and later pings do not enable it: a person must
/// (documented).
pub(crate) async fn ping(world: &Arc<World>, id: i64) -> Result<Hook, ActError> {
    let payload = {
        let state = world.state();
        let stored = state.hooks.get(&id).ok_or(ActError::NotFound("Webhook"))?;
        let label = known(&stored.hook.action)?.1;
        json!({
            "web_hook_id": id,
            "endpoint_url": stored.hook.url,
            "created_at": seconds(stored.hook.created_at),
            "updated_at": seconds(stored.hook.updated_at),
            "name": stored.hook.name,
            "event": label,
            "active": stored.enabling,
            "content-type": "application/json",
        })
    };
    let ping = deliver(world, id, "ping", &payload).await?;
    let mut state = world.state();
    let stored = state
        .hooks
        .get_mut(&id)
        .ok_or(ActError::NotFound("Webhook"))?;
    stored.hook.active = stored.enabling && ping.delivered();
    Ok(stored.hook.clone())
}

fn known(action: &str) -> Result<(&'static str, &'static str), ActError> {
    ACTIONS
        .iter()
        .find(|(known, _)| *known == action)
        .copied()
        .ok_or_else(|| {
            ActError::Refused(format!("{action} is not an action that a hook can serve"))
        })
}

fn set<T>(member: &mut T, sent: Option<T>) {
    if let Some(sent) = sent {
        *member = sent;
    }
}

const DEFAULT_ATTEMPTS: u32 = 7;

/// The closed list of the API (official specification), each with a label for people as a ping shows it; most labels are inferred.
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
