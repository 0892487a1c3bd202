//! `POST /_mock/hooks`.

use std::sync::Arc;

use http::StatusCode;
use serde::Deserialize;

use crate::control::read;
use crate::rows::HookForm;
use crate::webhooks;
use crate::wire::{Answer, Call};
use crate::world::World;

/// Serves `POST /_mock/hooks` with `{"action", "url", "secret", "max_attempts"?}`. Returns 201 with
/// the hook. The hook is pinged in the background and becomes active when the ping succeeds.
pub(super) fn add(world: &Arc<World>, call: &Call) -> Result<Answer, Answer> {
    let sent: NewHook = read(call)?;
    let mut form = HookForm::new(sent.action, sent.url, sent.secret);
    form.max_attempts = sent.max_attempts;
    let mut state = world.state();
    let id = state.add_hook(form, world.now())?;
    let hook = state.hooks.get(&id).map(|stored| stored.hook.clone());
    drop(state);
    let pinging = Arc::clone(world);
    world.tasks.spawn(async move {
        // Fails only if the hook was deleted in the meantime.
        let _ = webhooks::ping(&pinging, id).await;
    });
    Ok(Answer::json(StatusCode::CREATED, &hook))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewHook {
    action: String,
    url: String,
    secret: String,
    max_attempts: Option<u32>,
}
