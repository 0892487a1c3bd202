//! `/_mock/switches`.

use http::Method;
use serde_json::{Map, Value, json};

use crate::control::{ok, parse::parse, read};
use crate::switches::Switches;
use crate::wire::{Answer, Call};
use crate::world::World;

/// Serves `GET` and `PATCH`, or returns `None` for another path or method.
pub(super) fn serve(world: &World, call: &Call) -> Option<Answer> {
    if call.path != "/_mock/switches" {
        return None;
    }
    match call.method {
        Method::GET => Some(ok(&world.switches())),
        Method::PATCH => Some(change(world, call).unwrap_or_else(|refusal| refusal)),
        _ => None,
    }
}

/// Changes the switches in the request. The response contains all switches.
fn change(world: &World, call: &Call) -> Result<Answer, Answer> {
    let wanted: Map<String, Value> = read(call)?;
    let mut members = json!(world.switches());
    if let Value::Object(members) = &mut members {
        members.extend(wanted);
    }
    let switches: Switches = parse(members).map_err(Answer::refused)?;
    world.set_switches(switches);
    Ok(ok(&switches))
}
