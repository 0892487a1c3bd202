use http::StatusCode;
use serde_json::json;

use crate::auth::client::{authenticate, member};
use crate::switches::UserRole;
use crate::wire::{Answer, Call};
use crate::world::World;

/// Serves `POST /introspect` (documented). The spelling of `user_role` is unknown.
pub(super) fn serve(world: &World, call: &Call) -> Answer {
    let client = match authenticate(world, call) {
        Ok(client) => client,
        Err(refusal) => return refusal,
    };
    let caller = member(call, "token").and_then(|token| world.tokens.caller(&token, world.now()));
    let Some(caller) = caller.filter(|caller| caller.client_id == client.id()) else {
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
        "scope": caller.scopes.join(" "),
        "https://auth.greenhouse.io/claims": {
            "organization": { "id": organization.id, "name": organization.name },
            "user_role": role(site_admin, world.switches().user_role),
        },
    });
    Answer::json(StatusCode::OK, &body)
}

fn role(site_admin: bool, spelling: UserRole) -> &'static str {
    match (site_admin, spelling) {
        (true, UserRole::SnakeCase) => "site_admin",
        (true, UserRole::Words) => "Site Admin",
        (false, UserRole::SnakeCase) => "job_admin",
        (false, UserRole::Words) => "Job Admin",
    }
}
