//! What a test changes while the mock runs: switches, faults, the clock.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::background;
use crate::control::read;
use crate::faults::{Fault, FaultKind};
use crate::switches::Switches;
use crate::time::as_millis;
use crate::wire::{Answer, Call};
use crate::world::World;

/// `None` for another path or method.
pub(super) fn serve(world: &Arc<World>, call: &Call) -> Option<Answer> {
    let answered = match (&call.method, call.path.as_str()) {
        (&Method::GET, "/_mock/switches") => Ok(json_of(&world.switches())),
        (&Method::PATCH, "/_mock/switches") => switch(world, call),
        (&Method::GET, "/_mock/faults") => Ok(json_of(&world.faults.all())),
        (&Method::POST, "/_mock/faults") => add_fault(world, call),
        (&Method::DELETE, "/_mock/faults") => {
            world.faults.clear();
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        (&Method::DELETE, path) => {
            let id = path.strip_prefix("/_mock/faults/")?.parse().ok()?;
            let removed = world.faults.remove(id);
            removed
                .then(|| Answer::empty(StatusCode::NO_CONTENT))
                .ok_or_else(|| Answer::no_record("Fault"))
        }
        (&Method::GET, "/_mock/clock") => Ok(clock(world)),
        (&Method::POST, "/_mock/clock") => set_clock(world, call),
        _ => return None,
    };
    Some(answered.unwrap_or_else(|refusal| refusal))
}

/// Members that are sent change; the answer has all.
fn switch(world: &World, call: &Call) -> Result<Answer, Answer> {
    let wanted: Map<String, Value> = read(call)?;
    let mut members = json!(world.switches());
    if let Value::Object(members) = &mut members {
        members.extend(wanted);
    }
    let switches: Switches =
        serde_json::from_value(members).map_err(|error| Answer::refused(error.to_string()))?;
    world.set_switches(switches);
    Ok(json_of(&switches))
}

fn add_fault(world: &World, call: &Call) -> Result<Answer, Answer> {
    let fault: Fault = read(call)?;
    if let FaultKind::Status { status, .. } = fault.kind
        && !(500..=599).contains(&status)
    {
        return Err(Answer::refused("status is not one of 500 to 599"));
    }
    let id = world.add_fault(fault);
    Ok(Answer::json(StatusCode::CREATED, &json!({ "id": id })))
}

/// What is to happen to the clock, in this order.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ClockForm {
    hold: bool,
    hold_at: Option<DateTime<Utc>>,
    advance_seconds: Option<u64>,
    release: bool,
}

/// Time that has passed makes Greenhouse do what is due, on a held clock too: nobody else would tell it to.
fn set_clock(world: &Arc<World>, call: &Call) -> Result<Answer, Answer> {
    let form: ClockForm = read(call)?;
    let clock = &world.config.clock;
    if form.hold {
        clock.hold();
    }
    if let Some(at) = form.hold_at {
        clock.hold_at(at);
    }
    if let Some(seconds) = form.advance_seconds {
        clock.advance(Duration::from_secs(seconds));
        let due = Arc::clone(world);
        world.tasks.spawn(async move {
            background::do_due(&due).await;
        });
    }
    if form.release {
        clock.release();
    }
    Ok(self::clock(world))
}

#[derive(Serialize)]
struct ClockState {
    #[serde(serialize_with = "as_millis")]
    now: DateTime<Utc>,
    held: bool,
}

fn clock(world: &World) -> Answer {
    json_of(&ClockState {
        now: world.now(),
        held: world.config.clock.is_held(),
    })
}

fn json_of(body: &impl Serialize) -> Answer {
    Answer::json(StatusCode::OK, body)
}
