use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use crate::rows::Delivery;
use crate::state::{ActError, State};

impl State {
    /// Adds a delivery without attempts. Returns the delivery's number.
    pub(crate) fn add_delivery(
        &mut self,
        hook_id: i64,
        action: &str,
        event_id: String,
        body: Bytes,
    ) -> Result<u64, ActError> {
        let stored = self
            .hooks
            .get(&hook_id)
            .ok_or(ActError::NotFound("Webhook"))?;
        let number = self.deliveries.len() as u64 + 1;
        self.deliveries.push(Delivery {
            number,
            hook_id,
            action: action.to_owned(),
            event_id,
            url: stored.hook.url.clone(),
            body,
            attempts: Vec::new(),
            max_attempts: if action == "ping" {
                1
            } else {
                stored.hook.max_attempts
            },
            next_attempt_at: None,
            scheduled: 0,
        });
        Ok(number)
    }

    pub(crate) fn delivery(&self, number: u64) -> Result<&Delivery, ActError> {
        index(number)
            .and_then(|index| self.deliveries.get(index))
            .ok_or(ActError::NotFound("Delivery"))
    }

    pub(crate) fn delivery_mut(&mut self, number: u64) -> Result<&mut Delivery, ActError> {
        index(number)
            .and_then(|index| self.deliveries.get_mut(index))
            .ok_or(ActError::NotFound("Delivery"))
    }

    /// Counts an attempt that was planned for `planned`, and plans the next attempt if the delivery
    /// needs one.
    pub(crate) fn plan_next_attempt(
        &mut self,
        number: u64,
        planned: DateTime<Utc>,
    ) -> Result<Delivery, ActError> {
        let delivery = self.delivery_mut(number)?;
        delivery.scheduled += 1;
        if !delivery.is_delivered() && delivery.scheduled < delivery.max_attempts {
            delivery.next_attempt_at = planned.checked_add_signed(wait(delivery.scheduled));
        }
        Ok(delivery.clone())
    }

    /// Claims the attempt that has been due the longest. Returns the delivery's number and the
    /// planned time. Deliveries of a deleted or disabled hook are given up (inferred).
    pub(crate) fn claim_due_attempt(&mut self, now: DateTime<Utc>) -> Option<(u64, DateTime<Utc>)> {
        let hooks = &self.hooks;
        let due = self
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
}

/// Converts a delivery number, which counts from 1, to an index in the list.
fn index(number: u64) -> Option<usize> {
    usize::try_from(number.checked_sub(1)?).ok()
}

/// Returns the wait after `attempts` attempts. A hook with more than 7 attempts waits the longest
/// time before each additional attempt (inferred).
fn wait(attempts: u32) -> TimeDelta {
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    TimeDelta::minutes(WAITS.get(index).copied().unwrap_or(LONGEST_WAIT))
}

/// Waits in minutes, from planned time to planned time, so that 7 attempts take 15 h 16 min
/// (documented).
const WAITS: [i64; 6] = [1, 15, 60, 120, 240, LONGEST_WAIT];
const LONGEST_WAIT: i64 = 480;
