use http::StatusCode;
use serde_json::json;

use crate::auth::client::{authenticate, member};
use crate::wire::{Answer, Call};
use crate::world::World;

/// `POST /introspect` (documented). The spelling of `user_role` is unknown; this is the likelier one.
pub(super) fn serve(world: &World, call: &Call) -> Answer {
    let credential = match authenticate(world, call) {
        Ok(credential) => credential,
        Err(refusal) => return refusal,
    };
    let caller = member(call, "token").and_then(|token| world.tokens.caller(&token, world.now()));
    let Some(caller) = caller.filter(|caller| caller.client_id == credential.client_id) else {
        return Answer::json(StatusCode::OK, &json!({ "active": false }));
    };
    let site_admin = world
        .state()
        .users
        .get(&caller.acting_user)
        .is_some_and(|user| user.site_admin);
    let organization = &world.config.organization;
    let body = json!({
        "active": true,
        "client_id": caller.client_id,
        "sub": caller.acting_user.to_string(),
        "scope": credential.scopes.join(" "),
        "https://auth.greenhouse.io/claims": {
            "organization": { "id": organization.id, "name": organization.name },
            "user_role": if site_admin { "site_admin" } else { "job_admin" },
        },
    });
    Answer::json(StatusCode::OK, &body)
}
