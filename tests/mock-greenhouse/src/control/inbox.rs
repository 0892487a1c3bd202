//! A receiver that comes with the mock: webhooks sent to `/_mock/inbox` can be read there.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;

use crate::exchange::readable;
use crate::time::millis;
use crate::wire::{Answer, Call};
use crate::world::World;

/// In front of nothing, or of the status that all but pings are answered with: a hook to `/_mock/inbox/503` becomes active, and then
/// none of its deliveries succeeds.
pub(super) const PATH: &str = "/_mock/inbox";

/// What was received, newest last; the oldest go first when there is too much.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    letters: Mutex<VecDeque<Letter>>,
}

/// `Debug` shows the path alone: a body names people.
#[derive(Clone, Serialize)]
struct Letter {
    at: String,
    path: String,
    headers: Vec<(String, String)>,
    /// The body as it came, at most its first 64 KiB; a signature is over these bytes.
    text: String,
    /// The body, if it is JSON.
    json: Option<Value>,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// `POST` keeps, `GET` shows, `DELETE` empties.
pub(super) fn serve(world: &World, call: &Call, status: &str) -> Answer {
    let mut letters = world
        .inbox
        .letters
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    match call.method {
        Method::POST => {
            let Some(status) = wanted(status) else {
                return Answer::no_route();
            };
            let body = call.body.get(..LARGEST).unwrap_or(&call.body);
            if letters.len() >= LONGEST {
                letters.pop_front();
            }
            let json: Option<Value> = serde_json::from_slice(body).ok();
            let ping = json
                .as_ref()
                .is_some_and(|json| json.get("action").is_some_and(|action| action == "ping"));
            letters.push_back(Letter {
                at: millis(world.now()),
                path: call.path.clone(),
                headers: readable(&call.headers),
                text: String::from_utf8_lossy(body).into_owned(),
                json,
            });
            Answer::empty(if ping { StatusCode::OK } else { status })
        }
        Method::GET => Answer::json(StatusCode::OK, &*letters),
        Method::DELETE => {
            letters.clear();
            Answer::empty(StatusCode::NO_CONTENT)
        }
        _ => Answer::no_route(),
    }
}

fn wanted(status: &str) -> Option<StatusCode> {
    match status.strip_prefix('/') {
        None => status.is_empty().then_some(StatusCode::OK),
        Some(number) => StatusCode::from_bytes(number.as_bytes())
            .ok()
            .filter(|status| status.as_u16() >= 200),
    }
}

const LONGEST: usize = 1_000;
const LARGEST: usize = 64 * 1024;
