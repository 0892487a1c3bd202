//! `PATCH /_mock/consent`: who consents, and the partner's redirect URI. `POST /_mock/consent`: a
//! consent that a user begins in Greenhouse.

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::auth::from_integrations_page;
use crate::control::{ok, read};
use crate::wire::{Answer, Call};
use crate::world::World;

/// Serves a call, or returns `None` for another path or method.
pub(super) fn serve(world: &World, call: &Call) -> Option<Answer> {
    if call.path != "/_mock/consent" {
        return None;
    }
    match call.method {
        Method::PATCH => Some(change(world, call).unwrap_or_else(|refusal| refusal)),
        Method::POST => {
            let location = from_integrations_page(world);
            Some(ok(&json!({ "location": location })))
        }
        _ => None,
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ConsentChanges {
    user: Option<i64>,
    redirect_uri: Option<String>,
}

fn change(world: &World, call: &Call) -> Result<Answer, Answer> {
    let changes: ConsentChanges = read(call)?;
    if let Some(user) = changes.user {
        world.state().set_consenting_user(user)?;
    }
    if let Some(redirect_uri) = changes.redirect_uri {
        world.state().redirect_uri = Some(redirect_uri);
    }
    let state = world.state();
    let user = state.consenting_user.unwrap_or(state.site_admin);
    Ok(ok(
        &json!({ "user": user, "redirect_uri": state.redirect_uri }),
    ))
}
