//! Completion notices that several hosts deliver from one database, to a Greenhouse that fails half of the calls, while one
//! of the hosts is killed.

mod front;
mod watch;

use std::{collections::BTreeSet, env, time::Duration};

use chrono::TimeDelta;
use greenhouse_core::{
    AccountId, Clock, InvitationId,
    settings::{AssessmentSettings, CompletionCredential},
    store::{
        Invitations, LogFilter, LogStatus, LogSubject, NoticeState, SyncLog, WorkKind, WorkQueue,
    },
};
use greenhouse_harvest::SystemClock;
use greenhouse_partner::PartnerKey;
use mock_greenhouse::{Fault, FaultKind, MockGreenhouse, Partner};
use sqlx_store::SqlxStore;

use self::{front::Front, watch::Watch};
use crate::{
    host::HostProcess,
    stage::{ACCOUNT, Place, Stage},
};

/// So many notices, due at once.
pub(crate) async fn are_delivered_by_one_host_at_a_time(count: usize, database: Option<String>) {
    let (stage, front) = begin(database).await;
    let greenhouse = &stage.greenhouse;
    let invitations = invite(&stage, &front, count).await;
    complete(&front, &invitations).await;
    let store = &front.store;
    assert_eq!(due(store).await, count as u64);
    let failing = fail_half(greenhouse, 4 * count);

    let begun = SystemClock.now();
    let mut hosts: Vec<HostProcess> = (0..3).map(|_| stage.host()).collect();
    let mut watch = Watch::of(greenhouse);
    while due(store).await > count as u64 / 2 {
        watch.look(greenhouse).await;
    }
    greenhouse.add_fault(take_home(FaultKind::StallApplied).next(HELD));
    let victim = hosts.pop().unwrap();
    let name = victim.id().to_string();
    let held = watch.until_held_by(greenhouse, &name).await;
    victim.kill();
    while due(store).await > 0 {
        watch.look(greenhouse).await;
        let spent = SystemClock.now() - begun;
        assert!(spent < LONGEST, "{} are still due", due(store).await);
    }
    let took = SystemClock.now() - begun;
    assert!(greenhouse.settled().await);
    watch.look(greenhouse).await;

    watch.assert_never_two_at_once(FIRST_WAIT, &name);
    let waits: Vec<TimeDelta> = held
        .iter()
        .map(|test| watch.taken_over_after(test, &name))
        .collect();
    // What the host had just settled is done again after its wait, and what it held at the end of the lease.
    let longest = waits.into_iter().max().unwrap();
    assert!(longest > LEASE * 3 / 4, "nothing was held: {longest}");
    let names: BTreeSet<String> = hosts.iter().map(|host| host.id().to_string()).collect();
    let names: BTreeSet<String> = names.into_iter().chain([name]).collect();
    assert_eq!(watch.hosts(), names, "one of the hosts did nothing");
    assert_all_told(&stage, store, &invitations).await;
    greenhouse.clear_faults();
    greenhouse.assert_quiet();
    let (calls, failed) = watch.calls();
    println!(
        "{count} notices in {} ms: {calls} calls, {failed} of them failed; what the killed host held waited for {} ms (seed {failing})",
        took.num_milliseconds(),
        longest.num_milliseconds()
    );
    // Some more than half, for what was held when the host was killed.
    assert!((0.4..0.7).contains(&(failed as f64 / calls as f64)));
    drop(hosts);
    front.close().await;
    stage.greenhouse.stop().await;
}

async fn begin(database: Option<String>) -> (Stage, Front) {
    let (listener, public_url) = front::listen().await;
    let place = Place {
        public_url: public_url.clone(),
        database,
    };
    let key = PartnerKey::mint().unwrap();
    let digest = key.digest();
    let mut stage = Stage::set_at(place, TIMES, |greenhouse, account| {
        let mut assessments = AssessmentSettings::new(vec![digest]);
        let credential = greenhouse.completion_credential();
        assessments.completion = Some(CompletionCredential {
            user: credential.username.as_str().into(),
            password: credential.password.as_str().into(),
        });
        account.assessments = Some(assessments);
    })
    .await;
    stage.latency = LATENCY;
    let front = Front::open(&stage, listener).await;
    let endpoint = |name: &str| format!("{public_url}api/greenhouse/{name}");
    stage.greenhouse.set_partner(Partner::new(
        endpoint("list-tests"),
        endpoint("send-test"),
        endpoint("test-status"),
        endpoint("response-error"),
        key.into_secret().expose(),
    ));
    (stage, front)
}

/// Candidates of a test, whom the product has invited.
async fn invite(stage: &Stage, front: &Front, count: usize) -> Vec<InvitationId> {
    let greenhouse = &stage.greenhouse;
    let job = greenhouse.seed_job("Partner Manager", &["Take Home Test"]);
    let mut invitations = Vec::with_capacity(count);
    for number in 0..count {
        let email = format!("candidate.{number}@example.org");
        let candidate = greenhouse.seed_candidate("Noor", "Haddad", &email);
        let application = greenhouse.seed_application(candidate, job.job_id).unwrap();
        let sent = greenhouse.send_test(application, "discovery-call").await;
        let id = sent.unwrap().partner_interview_id.unwrap();
        invitations.push(InvitationId::new(id));
    }
    front.do_what_is_due().await;
    invitations
}

/// All candidates finish, and nobody has told Greenhouse yet.
async fn complete(front: &Front, invitations: &[InvitationId]) {
    for id in invitations {
        let found = front.store.invitation(&account(), id).await.unwrap();
        let assessment = found.unwrap().assessment.unwrap();
        front.complete(&assessment).await;
    }
}

/// Every other call by chance, up to the `last`. Answers the seed.
fn fail_half(greenhouse: &MockGreenhouse, last: usize) -> u64 {
    let seed = env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(20_261_127);
    let mut state: u64 = seed;
    let mut below = |end: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    for nth in 1..=last as u64 {
        if below(2) == 0 {
            continue;
        }
        let applied = below(2) == 0;
        let kind = match below(25) {
            0 => FaultKind::StallApplied,
            1..=7 => FaultKind::Cut { applied },
            8..=12 => FaultKind::TooManyRequests {
                retry_after_seconds: Some(1),
            },
            way => FaultKind::Status {
                status: [500, 502, 503, 504][way as usize % 4],
                applied,
            },
        };
        greenhouse.add_fault(take_home(kind).nth(nth));
    }
    seed
}

fn take_home(kind: FaultKind) -> Fault {
    let path = "/integrations/testing_partners/take_home_tests/{id}";
    Fault::new("PATCH", path, kind)
}

async fn due(store: &SqlxStore) -> u64 {
    let backlog = store.backlog(&account(), &[WorkKind::Notify]).await;
    backlog.unwrap().count
}

/// In Greenhouse and in the sync log.
async fn assert_all_told(stage: &Stage, store: &SqlxStore, invitations: &[InvitationId]) {
    // Greenhouse asks again in an hour where it got no answer, on a machine that has too much to do.
    let greenhouse = &stage.greenhouse;
    let mut tests = greenhouse.take_home_tests();
    assert_eq!(tests.len(), invitations.len());
    let unasked = tests.iter().filter(|test| test.status.is_none());
    let unasked: Vec<&str> = unasked
        .filter_map(|test| test.partner_interview_id.as_deref())
        .collect();
    assert!(unasked.len() <= tests.len() / 100, "{unasked:?}");
    for id in unasked {
        println!("Greenhouse asks once more for {id}");
        greenhouse.test_status(id).await.unwrap();
    }
    tests = greenhouse.take_home_tests();
    for test in &tests {
        assert!(test.completions > 0, "{test:?}");
        assert_eq!(test.status.as_deref(), Some("complete"), "{test:?}");
        assert_eq!((test.score, &test.dropped), (Some(81.5), &None), "{test:?}");
    }
    for id in invitations {
        let found = store.invitation(&account(), id).await.unwrap().unwrap();
        assert_eq!(found.notice, NoticeState::Taken, "{id}");
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

fn account() -> AccountId {
    AccountId::new(ACCOUNT)
}

/// A host holds at most eight notices at once, so each of the three comes to hold some of these.
const HELD: u64 = 24;
const LATENCY: Duration = Duration::from_millis(40);
const FIRST_WAIT: TimeDelta = TimeDelta::milliseconds(200);
const LEASE: TimeDelta = TimeDelta::seconds(5);
const LONGEST: TimeDelta = TimeDelta::minutes(5);
const TIMES: &str = "[partner]
lease_seconds = 5
product_deadline_seconds = 3
reader_deadline_seconds = 3
notice_deadline_seconds = 0.5
notice_first_wait_seconds = 0.2
notice_longest_wait_seconds = 1
";
