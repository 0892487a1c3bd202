//! Periodic status requests: hourly, until the test is complete, the candidate is hired, or 8 weeks
//! have passed. This is documented for integrations that do not report completion. The mock is
//! stricter and polls all partners.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::assessment::results;
use crate::rows::{ApplicationStatus, TakeHomeTest};
use crate::state::State;
use crate::world::World;

/// Returns the time of the first status request for a test.
pub(super) fn first(sent_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    sent_at.checked_add_signed(INTERVAL)
}

/// Requests the status of every due test once, even if the clock has skipped several hours.
/// Failures appear in the exchange log and among the complaints. Returns the tests with their new
/// status.
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

/// Plans the next request for each due test, and stops polling finished tests. Returns the id and
/// `partner_interview_id` of each test to request now.
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
