//! `/_mock/faults`.

use http::{Method, StatusCode};
use serde_json::json;

use crate::control::{ok, read};
use crate::endpoints;
use crate::faults::Fault;
use crate::wire::{Answer, Call};
use crate::world::World;

/// Serves `GET` to list the faults, `POST` to add one, and `DELETE` to remove one or all. Returns
/// `None` for another path or method.
pub(super) fn serve(world: &World, call: &Call) -> Option<Answer> {
    let id = call.path.strip_prefix("/_mock/faults")?;
    let answered = match (&call.method, id) {
        (&Method::GET, "") => Ok(ok(&world.faults.all())),
        (&Method::POST, "") => add(world, call),
        (&Method::DELETE, "") => {
            world.faults.clear();
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        (&Method::DELETE, id) => {
            let id = id.strip_prefix('/')?.parse().ok()?;
            let removed = world.faults.remove(id);
            removed
                .then(|| Answer::empty(StatusCode::NO_CONTENT))
                .ok_or_else(|| Answer::no_record("Fault"))
        }
        _ => return None,
    };
    Some(answered.unwrap_or_else(|refusal| refusal))
}

fn add(world: &World, call: &Call) -> Result<Answer, Answer> {
    let fault: Fault = read(call)?;
    if let Some(problem) = endpoints::problem_of(&fault) {
        return Err(Answer::refused(problem));
    }
    let id = world.add_fault(fault);
    Ok(Answer::json(StatusCode::CREATED, &json!({ "id": id })))
}
