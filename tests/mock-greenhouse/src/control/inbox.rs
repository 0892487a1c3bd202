//! `/_mock/inbox`, the mock's own webhook receiver.

use http::{Method, StatusCode};

use crate::wire::{Answer, Call};
use crate::world::World;

/// Serves `POST` to store a webhook, `GET` to list the webhooks, and `DELETE` to clear the inbox.
///
/// `path` is the part after `/_mock/inbox`. It is empty, or is `/` and the status of the response
/// to every webhook except a ping. A hook to `/_mock/inbox/503` becomes active, but all of its
/// deliveries fail.
pub(super) fn serve(world: &World, call: &Call, path: &str) -> Answer {
    match call.method {
        Method::POST => {
            let Some(status) = status(path) else {
                return Answer::no_route();
            };
            let entry = world.inbox.add(call, world.now());
            Answer::empty(if entry.is_ping() {
                StatusCode::OK
            } else {
                status
            })
        }
        Method::GET => Answer::json(StatusCode::OK, &world.inbox.entries()),
        Method::DELETE => {
            world.inbox.clear();
            Answer::empty(StatusCode::NO_CONTENT)
        }
        _ => Answer::no_route(),
    }
}

fn status(path: &str) -> Option<StatusCode> {
    match path.strip_prefix('/') {
        None => path.is_empty().then_some(StatusCode::OK),
        Some(number) => StatusCode::from_bytes(number.as_bytes())
            .ok()
            .filter(|status| status.as_u16() >= 200),
    }
}
