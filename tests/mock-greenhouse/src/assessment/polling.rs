//! Asking how a test stands because time has passed: hourly, until it is complete, the candidate is hired, or 8 weeks are over
//! (documented for integrations that do not report completion; that it is done for all is the mock's own strictness).

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::assessment::results;
use crate::rows::{ApplicationStatus, TakeHomeTest};
use crate::state::State;
use crate::world::World;

/// When a test that was sent at `sent_at` is asked for first.
pub(super) fn first(sent_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    sent_at.checked_add_signed(INTERVAL)
}

/// Asks for every test that is due by the mock's clock, once each: hours that a leap of the clock left out are not made up for.
/// What goes wrong is in the exchange log and among the complaints. Returns the tests as they stand after it.
pub(crate) async fn poll_due(world: &Arc<World>) -> Vec<TakeHomeTest> {
    let due = claim(&mut world.state(), world.now());
    for (_, partner_interview_id) in &due {
        let _ = results::test_status(world, partner_interview_id).await;
    }
    let state = world.state();
    due.iter()
        .filter_map(|(id, _)| state.take_home_tests.get(id).cloned())
        .collect()
}

/// Plans the next question of each, and drops the plans of those that are not asked for any more.
fn claim(state: &mut State, now: DateTime<Utc>) -> Vec<(i64, String)> {
    let applications = &state.applications;
    let mut due = Vec::new();
    for test in state.take_home_tests.values_mut() {
        if test.next_poll_at.is_none_or(|at| at > now) {
            continue;
        }
        let hired = applications
            .get(&test.application_id)
            .is_none_or(|application| application.status == ApplicationStatus::Hired);
        let complete = test.status.as_deref() == Some("complete");
        let old = now.signed_duration_since(test.sent_at) > LONGEST;
        test.next_poll_at = now
            .checked_add_signed(INTERVAL)
            .filter(|_| !(hired || complete || old));
        if test.next_poll_at.is_some() {
            due.extend(
                test.partner_interview_id
                    .clone()
                    .map(|name| (test.id, name)),
            );
        }
    }
    due
}

const INTERVAL: TimeDelta = TimeDelta::hours(1);
const LONGEST: TimeDelta = TimeDelta::weeks(8);
