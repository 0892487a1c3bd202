use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::Value;

use crate::rows::Delivery;
use crate::state::{ActError, Event};
use crate::webhooks::attempt::attempt;
use crate::webhooks::envelope;
use crate::world::World;

/// Sends an event to every active hook for its action, one after another, with one attempt each.
pub(crate) async fn fire(world: &Arc<World>, event: &Event) -> Vec<Delivery> {
    let hooks: Vec<i64> = {
        let state = world.state();
        let serving = state
            .hooks
            .values()
            .filter(|stored| stored.hook.active && stored.hook.action == event.action);
        serving.map(|stored| stored.hook.id).collect()
    };
    let mut deliveries = Vec::new();
    for hook in hooks {
        deliveries.extend(
            deliver(world, hook, event.action, &event.payload)
                .await
                .ok(),
        );
    }
    deliveries
}

/// Creates one delivery and makes the first attempt. While deliveries are held, only a ping is
/// attempted.
pub(super) async fn deliver(
    world: &Arc<World>,
    hook: i64,
    action: &str,
    payload: &Value,
) -> Result<Delivery, ActError> {
    let body = envelope::body(&world.config.organization, action, payload)
        .ok_or_else(|| ActError::Refused("the payload cannot be serialized".to_owned()))?;
    let number = {
        let mut state = world.state();
        let number = state.add_delivery(hook, action, world.ids.uuid(), body.into())?;
        if action != "ping" && world.holds_deliveries.load(Ordering::Relaxed) {
            return state.delivery(number).cloned();
        }
        number
    };
    let planned = world.now();
    attempt(world, number).await?;
    world.state().plan_next_attempt(number, planned)
}

/// Makes every attempt that is due on the mock's clock, one after another. After a jump of the
/// clock, one delivery can have several due attempts. Returns the deliveries that were attempted.
pub(crate) async fn deliver_due(world: &Arc<World>) -> Vec<Delivery> {
    let mut tried = BTreeSet::new();
    loop {
        let claimed = world.state().claim_due_attempt(world.now());
        let Some((number, planned)) = claimed else {
            break;
        };
        if attempt(world, number).await.is_ok() {
            let _ = world.state().plan_next_attempt(number, planned);
            tried.insert(number);
        }
    }
    let state = world.state();
    let tried = tried.into_iter();
    tried
        .filter_map(|number| state.delivery(number).ok().cloned())
        .collect()
}
