//! Reconciliation finds missed events.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus, AssessmentId, Background, CandidateId,
    platform::Outcome,
    store::{Applied, Changes, DueTask, StoreWriter, Task, TaskKind, TaskQueue},
    testing::{Failure, StoreFault},
};
use greenhouse_partner::{ReconcileError, Reconciliation};

use serde_json::json;

use crate::support::{Trouble, World};

#[tokio::test]
async fn missed_changes_are_applied_in_batches_of_50() {
    let world = pushed(120).await;
    let reconciliation = reconciliation(&world);
    let mut progress_reports = Vec::new();
    let done = reconciliation
        .run(&world.account, |progress| {
            progress_reports.push(progress.compared)
        })
        .await
        .unwrap();
    assert_eq!(progress_reports, [50, 100, 120]);
    assert_eq!(*world.reader.asked.lock().unwrap(), [50, 50, 20]);
    assert_eq!((done.compared, done.changed, done.doubted), (120, 2, 0));
    world.run_due().await;
    for (number, outcome) in [
        (0, None),
        (7, Some((Outcome::Rejected, 1))),
        (99, Some((Outcome::Hired, 1))),
    ] {
        assert_eq!(outcome_of(&world, number), outcome, "{number}");
    }
    let lines = world.lines().await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines
            .iter()
            .all(|line| line.contains("A comparison with Greenhouse found this"))
    );

    // A second run finds no difference.
    let again = reconciliation.run(&world.account, |_| {}).await.unwrap();
    assert_eq!((again.compared, again.changed, again.doubted), (120, 0, 0));
    assert_eq!(world.lines().await, lines);
}

/// Reads can lag, so one missing row is not proof.
#[tokio::test]
async fn a_link_is_dropped_once_its_application_is_missing_twice() {
    for back in [true, false] {
        let world = pushed(3).await;
        world.reader.found.lock().unwrap().remove(1);
        let reconciliation = reconciliation(&world);
        let done = reconciliation.run(&world.account, |_| {}).await.unwrap();
        assert_eq!((done.compared, done.changed, done.doubted), (3, 0, 1));
        assert!(!world.link_of("as-001").await.state.deleted);
        if back {
            let active = snapshot(1, ApplicationStatus::Active);
            world.reader.found.lock().unwrap().push(active);
        }
        world.run_due().await;
        assert_eq!(
            world.backlog(TaskKind::ReadApplication).await,
            1,
            "not before the settle time"
        );
        world.tick(60);
        world.run_due().await;
        assert_eq!(world.link_of("as-001").await.state.deleted, !back);
        let lines = world.lines().await;
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with("event done"), "{lines:?}");
        let again = reconciliation.run(&world.account, |_| {}).await.unwrap();
        assert_eq!(again.compared, if back { 3 } else { 2 });
    }
}

#[tokio::test]
async fn the_schedule_runs_on_one_of_several_hosts() {
    let world = pushed(120).await;
    let hosts = [reconciliation(&world), reconciliation(&world)];
    // The first run is due immediately, because earlier events may be missing. Each batch runs on
    // one host.
    for turn in 1..=4 {
        for host in &hosts {
            host.run_due(1).await.unwrap();
        }
        assert_eq!(world.reader.asked.lock().unwrap().len(), (2 * turn).min(3));
    }
    assert_eq!(*world.reader.asked.lock().unwrap(), [50, 50, 20]);
    assert_eq!(schedules(&world).await, 1);
    assert_eq!(next_time(&world).await, Some(in_hours(&world, 6)));
    let next = hosts[0].run_due(1).await.unwrap();
    assert_eq!(next, Some(in_hours(&world, 1)), "the account is skipped");
    world.tick(6 * HOUR);
    hosts[0].run_due(10).await.unwrap();
    assert_eq!(world.reader.asked.lock().unwrap().len(), 6);
    // After downtime, exactly one run starts immediately.
    world.tick(20 * HOUR);
    hosts[1].run_due(10).await.unwrap();
    assert_eq!(world.reader.asked.lock().unwrap().len(), 9);
}

/// Two hosts start a schedule at the same time.
#[tokio::test]
async fn concurrent_schedules_leave_one() {
    let world = pushed(1).await;
    let mut changes = Changes::none();
    for _ in 0..2 {
        changes
            .due
            .push(DueTask::new(Task::Reconcile { after: None }, world.now()));
    }
    let applied = world.store.apply(&world.account, changes).await.unwrap();
    assert_eq!(applied, Applied::Applied);
    let host = reconciliation(&world);
    host.run_due(10).await.unwrap();
    assert_eq!(schedules(&world).await, 1);
    assert_eq!(*world.reader.asked.lock().unwrap(), [1]);
}

/// An application of a hidden job is not listed but may exist.
#[tokio::test]
async fn hidden_applications_are_not_changed() {
    let world = pushed(3).await;
    world.reader.found.lock().unwrap().remove(1);
    *world.reader.hides.lock().unwrap() = true;
    let done = reconciliation(&world)
        .run(&world.account, |_| {})
        .await
        .unwrap();
    assert_eq!((done.compared, done.doubted, done.hidden), (3, 0, 1));
    world.tick(60);
    world.run_due().await;
    assert!(!world.link_of("as-001").await.state.deleted);
    assert_eq!(world.lines().await.len(), 0);
}

/// A missed merge followed by an erasure erases both candidates.
#[tokio::test]
async fn a_missed_merge_is_covered_by_a_later_erasure() {
    let world = World::new();
    let (id, _) = world.invited().await;
    let candidate = world.invitation(&id).await.candidate.unwrap();
    world.link("as-000", candidate.value(), 2000).await;
    let mut merged = snapshot(0, ApplicationStatus::Active);
    merged.candidate = Some(CandidateId::new(4711));
    merged.last_activity_at = Some("2026-11-23T09:00:00Z".parse().unwrap());
    world.reader.sees(merged);
    reconciliation(&world)
        .run(&world.account, |_| {})
        .await
        .unwrap();
    assert_eq!(world.link_of("as-000").await.candidate.value(), 4711);
    let body = json!({ "action": "candidate_anonymized", "payload": { "candidate_id": 4711, "anonymized_fields": ["email_addresses"] } });
    assert_eq!(world.deliver("e1", &body).await.status, 200);
    assert_eq!(world.invitation(&id).await.person.email, None);
}

#[tokio::test]
async fn an_unavailable_reader_is_retried_and_a_missing_one_is_skipped() {
    for (trouble, seconds) in [(Trouble::Down, 5), (Trouble::NotConfigured, 6 * HOUR)] {
        let world = pushed(1).await;
        let host = reconciliation(&world);
        world.reader.has(Some(trouble));
        host.run_due(1).await.unwrap();
        let expected = world.now() + std::time::Duration::from_secs(seconds);
        assert_eq!(next_time(&world).await, Some(expected), "{trouble:?}");
        let refused = host.run(&world.account, |_| {}).await.unwrap_err();
        assert!(matches!(refused, ReconcileError::Reader(_)));
        world.reader.has(None);
        world.tick(seconds);
        host.run_due(1).await.unwrap();
        assert_eq!(schedules(&world).await, 1);
    }
}

#[tokio::test]
async fn a_schedule_follows_the_settings() {
    let world = pushed(1).await;
    let host = reconciliation(&world);
    host.run_due(2).await.unwrap();
    assert_eq!(schedules(&world).await, 1);
    world.switch.off();
    world.tick(6 * HOUR);
    host.run_due(1).await.unwrap();
    assert_eq!(schedules(&world).await, 0);
    assert_eq!(*world.reader.asked.lock().unwrap(), [1]);

    let without = World::without_reader();
    let host = reconciliation(&without);
    assert_eq!(host.run_due(1).await.unwrap(), None);
    let refused = host.run(&without.account, |_| {}).await;
    assert!(refused.is_ok(), "nothing to compare");
}

/// For every failing store call, before or after it was applied, a second run has the same result.
#[tokio::test]
async fn no_store_failure_loses_or_duplicates_changes() {
    for how in [Failure::Before, Failure::After] {
        for call in 1.. {
            let world = pushed(60).await;
            let host = reconciliation(&world);
            world.reader.found.lock().unwrap().remove(5);
            world.failing_store.plan(Some(StoreFault {
                call,
                how,
                lasts: false,
            }));
            for _ in 0..4 {
                // A failed batch is claimed again after its lease.
                let _failed_as_planned = host.run_due(10).await;
                world.tick(61);
            }
            let met = world.failing_store.failed().is_some();
            world.failing_store.plan(None);
            assert_eq!(schedules(&world).await, 1, "{how:?} {call}");
            world.run_due().await;
            assert_eq!(
                outcome_of(&world, 7),
                Some((Outcome::Rejected, 1)),
                "{how:?} {call}"
            );
            assert!(
                world.link_of("as-005").await.state.deleted,
                "{how:?} {call}"
            );
            let lines = world.lines().await;
            assert!(
                lines.iter().all(|line| !line.starts_with("event pending")),
                "{lines:?}"
            );
            if !met {
                assert!(call > 8, "the sweep has met the calls: {call}");
                break;
            }
        }
    }
}

/// Pushed assessments. The eighth was rejected and the hundredth hired since.
async fn pushed(count: i64) -> World {
    let world = World::new();
    for number in 0..count {
        world
            .link(&name(number), 1000 + number, 2000 + number)
            .await;
        let status = match number {
            7 => ApplicationStatus::Rejected,
            99 => ApplicationStatus::Hired,
            _ => ApplicationStatus::Active,
        };
        world
            .reader
            .found
            .lock()
            .unwrap()
            .push(snapshot(number, status));
    }
    world
}

fn snapshot(number: i64, status: ApplicationStatus) -> ApplicationSnapshot {
    let changed = status != ApplicationStatus::Active;
    let mut snapshot = ApplicationSnapshot::new(ApplicationId::new(2000 + number), status);
    snapshot.last_activity_at = changed.then(|| "2026-11-23T09:00:00Z".parse().unwrap());
    snapshot
}

fn name(number: i64) -> String {
    format!("as-{number:03}")
}

fn outcome_of(world: &World, number: i64) -> Option<(Outcome, u64)> {
    world
        .platform
        .outcome(&world.account, &AssessmentId::new(name(number)))
}

async fn next_time(world: &World) -> Option<DateTime<Utc>> {
    world.store.next_due(&[TaskKind::Reconcile]).await.unwrap()
}

async fn schedules(world: &World) -> u64 {
    world.backlog(TaskKind::Reconcile).await
}

fn in_hours(world: &World, hours: u64) -> DateTime<Utc> {
    world.now() + std::time::Duration::from_secs(hours * HOUR)
}

fn reconciliation(world: &World) -> Reconciliation {
    world.service.reconciliation()
}

const HOUR: u64 = 60 * 60;
