//! Merges and anonymizations that arrive out of order: erased data stays erased, and every link
//! points to the remaining candidate.

use std::time::Duration;

use greenhouse_core::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus, CandidateId, InvitationId, later,
    store::{CandidateHistory, Changes, Housekeeping, InvitedPerson, Merge, Purge, Records, Write},
    testing::NextApply,
};
use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn a_late_anonymization_of_the_loser_erases_both() {
    let world = World::new();
    let (id, _) = world.invited().await;
    world.link("as-1", 11, 22).await;
    world.link("as-2", 12, 23).await;
    rejects(&world, "e1", 11, 22).await;
    rejects(&world, "e2", 12, 23).await;
    deliver(&world, "e3", &merge(11, 12)).await;
    deliver(&world, "e4", &anonymize(11)).await;

    assert_eq!(person(&world, &id).await, InvitedPerson::default());
    for assessment in ["as-1", "as-2"] {
        assert!(
            world.link_of(assessment).await.bodies_erased,
            "{assessment}"
        );
    }
    assert_eq!(bodies(&world).await, 0);
    let lines = world.lines().await;
    let both = lines
        .iter()
        .filter(|line| line.contains("cannot be told apart"));
    assert_eq!(both.count(), 2, "{lines:?}");
    // From then on, no body is stored.
    rejects(&world, "e5", 12, 22).await;
    assert_eq!(bodies(&world).await, 0);
}

#[tokio::test]
async fn an_anonymization_of_the_loser_reaches_sent_tests_through_a_chain_of_merges() {
    let world = World::new();
    let (id, _) = world.invited().await;
    for (event, loser) in [("e1", 11), ("e2", 12), ("e3", 13)] {
        deliver(&world, event, &merge(loser, loser + 1)).await;
    }
    assert_eq!(candidate(&world, &id).await, 14);
    deliver(&world, "e4", &anonymize(11)).await;
    assert_eq!(person(&world, &id).await, InvitedPerson::default());
    // Without a push there is no event.
    assert_eq!(events(&world).await, [""; 0]);
}

#[tokio::test]
async fn an_early_anonymization_of_the_winner_erases_merged_links() {
    for linked in [false, true] {
        let world = World::new();
        let (id, _) = world.invited().await;
        if linked {
            world.link("as-1", 11, 22).await;
            rejects(&world, "e1", 11, 22).await;
        }
        deliver(&world, "e2", &anonymize(12)).await;
        let known = person(&world, &id).await;
        assert!(known.email.is_some(), "the candidate is not known yet");
        deliver(&world, "e3", &merge(11, 12)).await;

        assert_eq!(person(&world, &id).await, InvitedPerson::default());
        assert_eq!(candidate(&world, &id).await, 12);
        assert_eq!(bodies(&world).await, 0);
        if linked {
            let link = world.link_of("as-1").await;
            assert_eq!((link.candidate.value(), link.bodies_erased), (12, true));
            let events = events(&world).await;
            assert!(
                events[2].contains("before or after the merge"),
                "{events:?}"
            );
        }
    }
}

/// Greenhouse retries for about 15 hours. An event that arrives later also happened later.
#[tokio::test]
async fn a_merge_long_after_an_anonymization_erases_nothing() {
    let world = World::new();
    let (id, _) = world.invited().await;
    deliver(&world, "e1", &anonymize(12)).await;
    world.tick(25 * 60 * 60);
    deliver(&world, "e2", &merge(11, 12)).await;
    assert!(person(&world, &id).await.email.is_some());
    assert_eq!(candidate(&world, &id).await, 12);
}

#[tokio::test]
async fn merges_in_reverse_order_end_at_the_remaining_candidate() {
    let world = World::new();
    let (id, _) = world.invited().await;
    for (assessment, candidate) in [("as-1", 11), ("as-2", 12), ("as-3", 13), ("as-4", 14)] {
        world.link(assessment, candidate, candidate + 11).await;
    }
    for (event, loser) in [("e1", 13), ("e2", 11), ("e3", 12)] {
        deliver(&world, event, &merge(loser, loser + 1)).await;
    }
    for assessment in ["as-1", "as-2", "as-3", "as-4"] {
        assert_eq!(world.link_of(assessment).await.candidate.value(), 14);
    }
    assert_eq!(candidate(&world, &id).await, 14);
    // Following a chain of merges always ends.
    deliver(&world, "e4", &merge(14, 11)).await;
    deliver(&world, "e5", &merge(11, 12)).await;
    deliver(&world, "e6", &anonymize(13)).await;
    assert_eq!(person(&world, &id).await, InvitedPerson::default());
}

/// The merge was found by a read, and no webhook reported it.
#[tokio::test]
async fn a_merge_found_by_a_read_is_stored_too() {
    let world = World::new();
    let (id, _) = world.invited().await;
    world.link("as-1", 11, 22).await;
    let mut snapshot =
        ApplicationSnapshot::new(ApplicationId::new(22), ApplicationStatus::Rejected);
    snapshot.candidate = Some(CandidateId::new(12));
    snapshot.last_activity_at = Some("2026-11-23T09:00:00Z".parse().unwrap());
    world.reader.sees(snapshot);
    let reconciliation = world.service.reconciliation();
    let done = reconciliation.run(&world.account, |_| {}).await.unwrap();
    assert_eq!(done.changed, 1);
    assert_eq!(world.link_of("as-1").await.candidate.value(), 12);
    deliver(&world, "e1", &anonymize(11)).await;
    assert!(world.link_of("as-1").await.bodies_erased);
    assert_eq!(person(&world, &id).await, InvitedPerson::default());
}

#[tokio::test]
async fn a_merge_found_during_a_deletion_erases_the_links_of_an_erased_winner() {
    let world = World::new();
    let (id, _) = world.invited().await;
    world.link("as-1", 11, 22).await;
    deliver(&world, "e1", &anonymize(12)).await;
    let deleted = json!({ "action": "delete_candidate", "payload": { "person": { "id": 11, "application_ids": [] } } });
    deliver(&world, "e2", &deleted).await;
    let mut snapshot = ApplicationSnapshot::new(ApplicationId::new(22), ApplicationStatus::Active);
    snapshot.candidate = Some(CandidateId::new(12));
    world.reader.sees(snapshot);
    world.run_due().await;
    world.tick(60);
    world.run_due().await;
    let link = world.link_of("as-1").await;
    assert_eq!((link.candidate.value(), link.bodies_erased), (12, true));
    assert_eq!(person(&world, &id).await, InvitedPerson::default());
}

/// Another host applies the merge between the reads of a decision and its commit.
#[tokio::test]
async fn an_anonymization_sees_a_concurrent_merge() {
    let world = World::new();
    let (id, _) = world.invited().await;
    world
        .failing_store
        .next_applies([NextApply::AfterAnother(merged)]);
    deliver(&world, "e1", &anonymize(11)).await;
    assert_eq!(candidate(&world, &id).await, 12);
    assert_eq!(person(&world, &id).await, InvitedPerson::default());
}

#[tokio::test]
async fn a_merge_sees_a_concurrent_anonymization() {
    let world = World::new();
    let (id, _) = world.invited().await;
    world
        .failing_store
        .next_applies([NextApply::AfterAnother(winner_anonymized)]);
    deliver(&world, "e1", &merge(11, 12)).await;
    assert_eq!(person(&world, &id).await, InvitedPerson::default());
}

/// Only events about people read and write candidate history.
#[tokio::test]
async fn application_events_do_not_read_candidate_history() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    world.failing_store.plan(None);
    rejects(&world, "e1", 11, 22).await;
    let calls = world.failing_store.calls();
    assert!(!calls.contains(&"Records::candidate_history"), "{calls:?}");
    let history = world
        .store
        .candidate_history(&world.account, CandidateId::new(11))
        .await;
    assert_eq!(history.unwrap(), None);
    deliver(&world, "e2", &merge(11, 12)).await;
    let history = world
        .store
        .candidate_history(&world.account, CandidateId::new(11))
        .await;
    assert!(history.unwrap().is_some());
}

fn merged(slower: &Changes) -> Changes {
    let mut faster = noted(slower, |history| {
        history.merged_into = Some(CandidateId::new(12));
    });
    faster.merges = vec![Merge {
        loser: CandidateId::new(11),
        winner: CandidateId::new(12),
    }];
    faster
}

fn winner_anonymized(slower: &Changes) -> Changes {
    noted(slower, |history| {
        if history.candidate.value() == 12 {
            history.anonymize(None, history.noted_at);
        }
    })
}

/// Returns the changes of a faster host to the histories that the slower host also writes.
fn noted(slower: &Changes, add: impl Fn(&mut CandidateHistory)) -> Changes {
    let mut faster = Changes::none();
    for write in &slower.histories {
        let (Write::Put(history) | Write::Remove(history)) = write;
        let mut history = CandidateHistory::new(history.candidate, history.noted_at);
        add(&mut history);
        faster.histories.push(Write::Put(history));
    }
    faster
}

async fn deliver(world: &World, id: &str, body: &Value) {
    assert_eq!(world.deliver(id, body).await.status, 200);
}

async fn rejects(world: &World, id: &str, candidate: i64, application: i64) {
    let body = json!({ "action": "reject_candidate", "payload": { "application": {
        "id": application, "status": "rejected", "candidate": { "id": candidate }, "jobs": [{ "id": 70 }],
        "current_stage": { "id": 5, "name": "Onsite" }, "last_activity_at": "2026-11-23T09:00:00Z",
    } } });
    deliver(world, id, &body).await;
}

fn merge(loser: i64, winner: i64) -> Value {
    json!({ "action": "merge_candidate", "payload": { "person": { "id": loser, "new_candidate_id": winner } } })
}

fn anonymize(candidate: i64) -> Value {
    json!({ "action": "candidate_anonymized", "payload": {
        "candidate_id": candidate, "anonymized_fields": ["full_name", "email_addresses", "phone_numbers"],
    } })
}

/// Sync log entries about webhooks.
async fn events(world: &World) -> Vec<String> {
    let mut lines = world.lines().await;
    lines.retain(|line| line.starts_with("event "));
    lines
}

async fn person(world: &World, invitation: &str) -> InvitedPerson {
    let id = InvitationId::new(invitation);
    let invitation = world.store.invitation(&world.account, &id).await.unwrap();
    invitation.unwrap().person
}

async fn candidate(world: &World, invitation: &str) -> i64 {
    let invitation = world.invitation(invitation).await;
    invitation.candidate.unwrap().value()
}

/// Returns the number of stored bodies and deletes them.
async fn bodies(world: &World) -> usize {
    let all = later(world.now(), Duration::from_secs(1));
    let purged = world.store.purge(Purge::KeptBodies, all, 99).await;
    purged.unwrap()
}
