//! Trying again what was not delivered. The waits count from planned times, so that 7 attempts take 15 h 16 min (documented).

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::state::State;
use crate::webhooks::Delivery;
use crate::webhooks::sender::{attempt, find};
use crate::world::World;

/// Makes every attempt that is due by the mock's clock, one after the other, until none is. After a leap of the clock that can be
/// several of one delivery. Returns the deliveries that were tried.
pub(crate) async fn deliver_due(world: &Arc<World>) -> Vec<Delivery> {
    let mut tried = BTreeSet::new();
    loop {
        let claimed = claim(&mut world.state(), world.now());
        let Some((number, planned)) = claimed else {
            break;
        };
        if attempt(world, number).await.is_ok() {
            plan_next(&mut world.state(), number, planned);
            tried.insert(number);
        }
    }
    let mut state = world.state();
    let tried = tried.into_iter();
    tried
        .filter_map(|number| find(&mut state.deliveries, number).cloned())
        .collect()
}

/// Counts an attempt that was planned for `planned` and plans the next, if there is to be one.
pub(super) fn plan_next(
    state: &mut State,
    number: u64,
    planned: DateTime<Utc>,
) -> Option<Delivery> {
    let delivery = find(&mut state.deliveries, number)?;
    delivery.scheduled += 1;
    if !delivery.delivered() && delivery.scheduled < delivery.max_attempts {
        delivery.next_attempt_at = planned.checked_add_signed(wait(delivery.scheduled));
    }
    Some(delivery.clone())
}

/// Takes the attempt that has been due longest. What a hook that is gone or disabled has left is given up (inferred).
fn claim(state: &mut State, now: DateTime<Utc>) -> Option<(u64, DateTime<Utc>)> {
    let hooks = &state.hooks;
    let due = state
        .deliveries
        .iter_mut()
        .filter(|delivery| delivery.next_attempt_at.is_some_and(|at| at <= now))
        .filter_map(|delivery| {
            let active = hooks
                .get(&delivery.hook_id)
                .is_some_and(|stored| stored.hook.active);
            if !active {
                delivery.next_attempt_at = None;
            }
            active.then_some(delivery)
        })
        .min_by_key(|delivery| delivery.next_attempt_at)?;
    let planned = due.next_attempt_at.take()?;
    Some((due.number, planned))
}

/// After so many attempts. A hook with more than 7 waits as long as before the 7th each time (inferred).
fn wait(attempts: u32) -> TimeDelta {
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    TimeDelta::minutes(WAITS.get(index).copied().unwrap_or(LONGEST_WAIT))
}

const WAITS: [i64; 6] = [1, 15, 60, 120, 240, LONGEST_WAIT];
const LONGEST_WAIT: i64 = 480;
