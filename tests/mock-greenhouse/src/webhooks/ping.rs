use std::sync::Arc;

use serde_json::json;

use crate::rows::{Hook, HookForm};
use crate::state::{ActError, hook_label};
use crate::time::seconds;
use crate::webhooks::deliver::deliver;
use crate::world::World;

/// Creates a hook and pings it.
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

/// Pings a hook once. Unless the response is 200, the hook is disabled. Later pings do not enable
/// the hook; an admin must enable it (documented).
pub(crate) async fn ping(world: &Arc<World>, id: i64) -> Result<Hook, ActError> {
    let payload = {
        let state = world.state();
        let stored = state.hooks.get(&id).ok_or(ActError::NotFound("Webhook"))?;
        let label = hook_label(&stored.hook.action)?;
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
    stored.hook.active = stored.enabling && ping.is_delivered();
    Ok(stored.hook.clone())
}
