//! `/_mock/clock` and `/_mock/due`.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::background;
use crate::control::{ok, read};
use crate::time::as_millis;
use crate::wire::{Answer, Call};
use crate::world::World;

/// Serves a call, or returns `None` for another path or method.
pub(super) fn serve(world: &Arc<World>, call: &Call) -> Option<Answer> {
    match (&call.method, call.path.as_str()) {
        (&Method::GET, "/_mock/clock") => Some(clock(world)),
        (&Method::POST, "/_mock/clock") => {
            Some(set_clock(world, call).unwrap_or_else(|refusal| refusal))
        }
        (&Method::POST, "/_mock/due") => {
            spawn_due(world);
            let body = json!({ "message": "under way" });
            Some(Answer::json(StatusCode::ACCEPTED, &body))
        }
        _ => None,
    }
}

/// Does all due work in the background: delivery attempts and status requests. While the clock
/// runs, this also happens automatically.
fn spawn_due(world: &Arc<World>) {
    let due = Arc::clone(world);
    world.tasks.spawn(async move {
        background::do_due(&due).await;
    });
}

/// Changes to the clock, applied in the order of the fields.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ClockForm {
    hold: bool,
    hold_at: Option<DateTime<Utc>>,
    /// Makes the clock run this many seconds ahead of the real time, or behind it if negative.
    offset_seconds: Option<i32>,
    advance_seconds: Option<u64>,
    release: bool,
}

/// Changes the clock. Advancing it also does the due work, even while the clock is held.
fn set_clock(world: &Arc<World>, call: &Call) -> Result<Answer, Answer> {
    let form: ClockForm = read(call)?;
    let clock = &world.config.clock;
    if form.hold {
        clock.hold();
    }
    if let Some(at) = form.hold_at {
        clock.hold_at(at);
    }
    if let Some(seconds) = form.offset_seconds {
        clock.set_offset(TimeDelta::seconds(seconds.into()));
    }
    if let Some(seconds) = form.advance_seconds {
        clock.advance(Duration::from_secs(seconds));
        spawn_due(world);
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
    ok(&ClockState {
        now: world.now(),
        held: world.config.clock.is_held(),
    })
}
