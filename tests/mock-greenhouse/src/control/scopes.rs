//! `/_mock/scopes`: the scopes of the customer's credential.

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::config::SCOPES;
use crate::control::{ok, read};
use crate::wire::{Answer, Call};
use crate::world::World;

/// Serves `GET`, `PUT` and `PATCH`, or returns `None` for another path or method. Every response
/// contains all scopes.
pub(super) fn serve(world: &World, call: &Call) -> Option<Answer> {
    if call.path != "/_mock/scopes" {
        return None;
    }
    let changed = match call.method {
        Method::GET => Ok(()),
        Method::PUT => replace(world, call),
        Method::PATCH => change(world, call),
        _ => return None,
    };
    Some(match changed {
        Ok(()) => ok(&json!({ "scopes": world.state().scopes })),
        Err(refusal) => refusal,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllScopes {
    scopes: Vec<String>,
}

fn replace(world: &World, call: &Call) -> Result<(), Answer> {
    let AllScopes { scopes } = read(call)?;
    refuse_unknown(&scopes)?;
    world.state().scopes = scopes.into_iter().collect();
    Ok(())
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ScopeChanges {
    grant: Vec<String>,
    withhold: Vec<String>,
}

fn change(world: &World, call: &Call) -> Result<(), Answer> {
    let changes: ScopeChanges = read(call)?;
    refuse_unknown(&changes.grant)?;
    refuse_unknown(&changes.withhold)?;
    let mut state = world.state();
    state.scopes.extend(changes.grant);
    for scope in &changes.withhold {
        state.scopes.remove(scope);
    }
    Ok(())
}

/// Rejects unknown scopes, because a misspelt scope would seem to be withheld.
fn refuse_unknown(scopes: &[String]) -> Result<(), Answer> {
    match scopes
        .iter()
        .find(|scope| !SCOPES.contains(&scope.as_str()))
    {
        Some(unknown) => Err(Answer::refused(format!(
            "{unknown} is not an official scope"
        ))),
        None => Ok(()),
    }
}
