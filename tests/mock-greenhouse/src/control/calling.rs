//! Making Greenhouse call: hooks to set up, and what is due by its clock.

use std::sync::Arc;

use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::background;
use crate::webhooks::{self, HookForm};
use crate::wire::{Answer, Call};
use crate::world::World;

/// `POST /_mock/hooks` with `{"action", "url", "secret", "max_attempts"?}`: 201 with the hook, which is pinged in the background and
/// is active once it has answered.
pub(super) fn add_hook(world: &Arc<World>, call: &Call) -> Answer {
    let wanted: Wanted = match serde_json::from_slice(&call.body) {
        Ok(wanted) => wanted,
        Err(error) => return Answer::refused(error.to_string()),
    };
    let mut form = HookForm::new(wanted.action, wanted.url, wanted.secret);
    form.max_attempts = wanted.max_attempts;
    let mut state = world.state();
    let id = match state.add_hook(form, world.now()) {
        Ok(id) => id,
        Err(error) => return error.into(),
    };
    let hook = state.hooks.get(&id).map(|stored| stored.hook.clone());
    drop(state);
    let pinging = Arc::clone(world);
    world.tasks.spawn(async move {
        // A hook that is gone by then is not pinged.
        let _ = webhooks::ping(&pinging, id).await;
    });
    Answer::json(StatusCode::CREATED, &hook)
}

/// `POST /_mock/due`: makes every attempt of a delivery and every question about a test that is due, in the background. On a running
/// clock this happens by itself.
pub(super) fn due(world: &Arc<World>) -> Answer {
    let working = Arc::clone(world);
    world.tasks.spawn(async move {
        background::do_due(&working).await;
    });
    Answer::json(StatusCode::ACCEPTED, &json!({ "message": "under way" }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    action: String,
    url: String,
    secret: String,
    max_attempts: Option<u32>,
}
