//! Completion notices that several hosts send from one database, while half of the calls to
//! Greenhouse fail and one host is killed.

mod calls;
pub(crate) mod fixture;
pub(crate) mod front;
mod kill;
mod trouble;

use std::{collections::BTreeSet, thread, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    Clock, InvitationId,
    store::{LogFilter, LogStatus, LogSubject, NoticeState, Records, SyncLog},
};
use greenhouse_harvest::SystemClock;
use mock_greenhouse::{Direction, Exchange, MockGreenhouse};
use sqlx_store::SqlxStore;

use self::{
    calls::Calls,
    fixture::{account, due},
    front::Front,
    kill::kill,
};
use crate::{host::HostProcess, kills::seed, stage::Stage};

/// Sends `count` notices that are due at the same time.
pub(crate) async fn are_delivered_by_one_host_at_a_time(count: usize, database: Option<String>) {
    let (stage, front) = fixture::set(database, TIMES, LATENCY).await;
    let greenhouse = &stage.greenhouse;
    let invitations = fixture::finished(greenhouse, &front, count).await;
    let seed = seed();
    println!("{count} notices (seed {seed})");
    trouble::fail_half(greenhouse, 3 * count, seed);

    let first = calls::last(greenhouse);
    let begun = SystemClock.now();
    let mut hosts = three_hosts(&stage);
    let names: BTreeSet<String> = hosts.iter().map(|host| host.id().to_string()).collect();
    until_due(&front, count as u64 / 2, begun).await;
    let killed = kill(greenhouse, &front, hosts.pop().unwrap()).await;
    until_due(&front, 0, begun).await;
    let took = SystemClock.now() - begun;
    while !greenhouse.settle().await {
        let spent = SystemClock.now() - begun;
        assert!(spent < LONGEST, "Greenhouse still polls after {spent}");
    }

    let calls = Calls::since(greenhouse, first);
    calls.assert_one_at_a_time();
    calls.assert_waits(FIRST_WAIT);
    calls.assert_each_taken_once(count, &killed.host, &killed.unnoted);
    let (most_at_once, waits) = (calls.hosts(), killed.waits(&calls));
    assert!(most_at_once.keys().copied().eq(&names), "{most_at_once:?}");
    assert!(
        most_at_once.values().all(|most| *most <= AT_ONCE),
        "{most_at_once:?}"
    );
    assert_every_notice_was_followed_by_a_poll(greenhouse, first);
    assert_every_notice_arrived(greenhouse, &front.store, &invitations).await;
    let (failed, held) = trouble::failures(greenhouse);
    assert_eq!(
        calls.failed() as u64,
        failed + held,
        "unexpected number of failed calls"
    );
    assert!(failed.abs_diff(calls.count() as u64 / 2) <= 1, "{failed}");
    greenhouse.clear_faults();
    greenhouse.assert_no_problems();
    println!(
        "{} ms: {} calls, {failed} failed and {held} held, at most {most_at_once:?} at once; of the killed host, {} were held and \
         {} not stored; other hosts repeated them {} to {} ms after the kill",
        took.num_milliseconds(),
        calls.count(),
        killed.held.len(),
        killed.unnoted.len(),
        waits[0].num_milliseconds(),
        waits[waits.len() - 1].num_milliseconds(),
    );
    drop(hosts);
    front.close().await;
    stage.greenhouse.stop().await;
}

async fn until_due(front: &Front, count: u64, begun: DateTime<Utc>) {
    loop {
        let left = due(front).await;
        if left <= count {
            return;
        }
        let spent = SystemClock.now() - begun;
        assert!(spent < LONGEST, "{left} are still due after {spent}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Starts three hosts at the same time, so that they share the work from the start.
fn three_hosts(stage: &Stage) -> Vec<HostProcess> {
    tokio::task::block_in_place(|| {
        thread::scope(|scope| {
            let starting = [(); 3].map(|()| scope.spawn(|| stage.host()));
            starting
                .into_iter()
                .map(|one| one.join().unwrap())
                .collect()
        })
    })
}

/// Asserts that every result is in the sync log and in Greenhouse, which learns about results only
/// from notices.
async fn assert_every_notice_arrived(
    greenhouse: &MockGreenhouse,
    store: &SqlxStore,
    invitations: &[InvitationId],
) {
    let tests = greenhouse.take_home_tests();
    assert_eq!(tests.len(), invitations.len());
    for test in &tests {
        assert!(test.completions > 0, "{test:?}");
        assert_eq!(test.status.as_deref(), Some("complete"), "{test:?}");
        assert_eq!(
            (test.score, &test.drop_reason),
            (Some(81.5), &None),
            "{test:?}"
        );
    }
    for id in invitations {
        let found = store.invitation(&account(), id).await.unwrap().unwrap();
        assert_eq!(found.notice, NoticeState::Accepted, "{id}");
    }
    let mut done = BTreeSet::new();
    let mut filter = LogFilter::newest(LogFilter::MAX_LIMIT);
    loop {
        let page = store.log_page(&account(), &filter).await.unwrap();
        let Some(last) = page.entries.last() else {
            break;
        };
        filter.before = Some(last.id);
        for logged in page.entries {
            let entry = logged.entry;
            if entry.subject == LogSubject::Notice {
                assert_eq!(entry.status, LogStatus::Done, "{}", entry.text);
                done.extend(entry.invitation);
            }
        }
    }
    assert_eq!(done.len(), invitations.len());
}

/// Asserts that Greenhouse polled the status after each accepted notice and received a response.
fn assert_every_notice_was_followed_by_a_poll(greenhouse: &MockGreenhouse, after: u64) {
    let exchanges = greenhouse.exchanges_since(after).into_iter();
    let is_ask =
        |one: &Exchange| one.direction == Direction::Outbound && one.url.contains("/test-status?");
    let asks: Vec<Exchange> = exchanges.filter(is_ask).collect();
    let unanswered: Vec<String> = asks
        .iter()
        .filter(|ask| ask.status != Some(200))
        .map(|ask| {
            let body = String::from_utf8_lossy(&ask.response_body);
            format!("{} to {:?}: {body} {ask:?}", ask.at, ask.ended_at)
        })
        .collect();
    let took = |ask: &Exchange| Some((ask.ended_at? - ask.at).num_milliseconds());
    let mut took: Vec<i64> = asks.iter().filter_map(took).collect();
    took.sort_unstable_by(|one, other| other.cmp(one));
    took.truncate(10);
    println!("polls took at most {took:?} ms");
    assert!(unanswered.is_empty(), "{unanswered:#?}");
    let tests = greenhouse.take_home_tests();
    let taken: u64 = tests.iter().map(|test| test.completions).sum();
    assert_eq!(asks.len() as u64, taken);
}

/// Maximum number of concurrent notices per host.
const AT_ONCE: usize = 8;
const LATENCY: Duration = Duration::from_millis(40);
const FIRST_WAIT: TimeDelta = TimeDelta::milliseconds(200);
const LEASE: TimeDelta = TimeDelta::seconds(4);
const LONGEST: TimeDelta = TimeDelta::minutes(2);
pub(crate) const TIMES: &str = "[partner]
lease_seconds = 4
product_deadline_seconds = 1
reader_deadline_seconds = 1
notice_deadline_seconds = 3
notice_first_wait_seconds = 0.2
notice_longest_wait_seconds = 1
";
