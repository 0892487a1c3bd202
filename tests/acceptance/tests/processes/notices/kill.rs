//! `kill -9` of a host while some of its notices have no response yet.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    InvitationId,
    store::{NoticeState, Records},
};
use mock_greenhouse::MockGreenhouse;

use super::{
    AT_ONCE, LEASE,
    calls::{self, Call, Calls},
    fixture::account,
    front::Front,
    trouble,
};
use crate::host::HostProcess;

/// Calls of a host at the time when it was killed.
pub(super) struct Killed {
    pub(super) host: String,
    at: DateTime<Utc>,
    /// Calls without a response.
    pub(super) held: Vec<Call>,
    /// Tests whose notice Greenhouse had accepted but the host had not stored.
    pub(super) unnoted: BTreeSet<String>,
}

/// Kills a host while some of its calls have no response yet.
pub(super) async fn kill(
    greenhouse: &MockGreenhouse,
    front: &Front,
    victim: HostProcess,
) -> Killed {
    let host = victim.id().to_string();
    let before = calls::last(greenhouse);
    trouble::hold(greenhouse);
    until(|| {
        let (calls, now) = (Calls::since(greenhouse, before), greenhouse.clock().now());
        let mut own = calls.of_host(&host);
        own.any(|call| call.ended_at.is_none() && now - call.at > SHOWN)
    })
    .await;
    let at = greenhouse.clock().now();
    victim.kill();
    trouble::release(greenhouse);
    let calls = || Calls::since(greenhouse, before.saturating_sub(RECENT));
    until(|| calls().of_host(&host).all(|call| call.ended_at.is_some())).await;
    let calls = calls();
    let unnoted = unnoted(greenhouse, front, &calls, &host).await;
    let was_held = |call: &&Call| !call.is_taken() && call.ended_at >= Some(at);
    let held: Vec<Call> = calls.of_host(&host).filter(was_held).cloned().collect();
    assert!(!held.is_empty(), "all calls got a response before the kill");
    Killed {
        host,
        at,
        held,
        unnoted,
    }
}

async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the condition was not met");
}

/// Returns the tests whose notice Greenhouse had accepted but the host had not stored. Must be
/// called before the lease expires, while no other host sends these notices.
async fn unnoted(
    greenhouse: &MockGreenhouse,
    front: &Front,
    calls: &Calls,
    host: &str,
) -> BTreeSet<String> {
    let ids: BTreeMap<String, String> = greenhouse
        .take_home_tests()
        .into_iter()
        .filter_map(|test| Some((test.id.to_string(), test.partner_interview_id?)))
        .collect();
    let mut unnoted = BTreeSet::new();
    for call in calls.of_host(host).rev().take(2 * AT_ONCE) {
        let id = InvitationId::new(ids[&call.test].as_str());
        let found = front.store.invitation(&account(), &id).await.unwrap();
        if call.is_taken() && found.unwrap().notice == NoticeState::Due {
            unnoted.insert(call.test.clone());
        }
    }
    unnoted
}

impl Killed {
    /// Returns the sorted times from the kill until another host repeated the calls that had no
    /// response. Asserts that no lease was broken.
    pub(super) fn waits(&self, calls: &Calls) -> Vec<TimeDelta> {
        let wait = |held: &Call| {
            let next = calls.next_after(held);
            assert_ne!(next.host, self.host, "{next:?}");
            let wait = next.at - held.at;
            assert!(
                wait > LEASE * 3 / 4,
                "called during the lease: {held:?} {next:?}"
            );
            next.at - self.at
        };
        let mut waits: Vec<TimeDelta> = self.held.iter().map(wait).collect();
        waits.sort();
        waits
    }
}

/// Number of exchanges to search, more than a host can have had since its last eight notices.
const RECENT: u64 = 200;
/// Wait that is longer than the time that Greenhouse needs to respond, and shorter than the latency
/// of the response.
const SHOWN: TimeDelta = TimeDelta::milliseconds(10);
