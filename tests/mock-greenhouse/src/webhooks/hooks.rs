use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;

use crate::state::ActError;
use crate::time::{as_millis, seconds};
use crate::webhooks::sender::deliver;
use crate::world::World;

/// A webhook as an admin set it up: one event, one address, one secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Hook {
    /// The id.
    pub id: i64,
    /// The one action it tells.
    pub action: String,
    /// Where it goes.
    pub url: String,
    /// False after a failed ping; a disabled hook sends nothing (documented).
    pub active: bool,
    /// When it was set up.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
}

/// A hook with its secret.
pub(crate) struct StoredHook {
    pub(crate) hook: Hook,
    pub(crate) secret: String,
}

impl fmt::Debug for StoredHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hook.fmt(f)
    }
}

/// Sets a hook up and pings it; a ping that is not answered with 200 leaves it disabled (documented).
pub(crate) async fn add_hook(
    world: &Arc<World>,
    action: &str,
    url: &str,
    secret: &str,
) -> Result<Hook, ActError> {
    let Some((action, label)) = ACTIONS.iter().find(|(known, _)| *known == action) else {
        return Err(ActError::Refused(format!(
            "{action} is not an action that a hook can serve"
        )));
    };
    let now = world.now();
    let id = {
        let mut state = world.state();
        let id = state.next_id();
        let hook = Hook {
            id,
            action: (*action).to_owned(),
            url: url.to_owned(),
            active: false,
            created_at: now,
        };
        state.hooks.insert(
            id,
            StoredHook {
                hook,
                secret: secret.to_owned(),
            },
        );
        id
    };
    let payload = json!({
        "web_hook_id": id,
        "endpoint_url": url,
        "created_at": seconds(now),
        "updated_at": seconds(now),
        "name": label,
        "event": label,
        "active": true,
        "content-type": "application/json",
    });
    let ping = deliver(world, id, "ping", &payload).await?;
    let mut state = world.state();
    let stored = state
        .hooks
        .get_mut(&id)
        .ok_or(ActError::NotFound("Webhook"))?;
    stored.hook.active = ping.delivered();
    Ok(stored.hook.clone())
}

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
