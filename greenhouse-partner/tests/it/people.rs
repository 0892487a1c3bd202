//! Merges and anonymizations in another order than they happened in: nothing that was erased in Greenhouse stays here, and
//! every link ends at whoever remained.

use std::time::Duration;

use greenhouse_core::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus, CandidateId, InvitationId, later,
    store::{CandidateHistory, Changes, Housekeeping, InvitedPerson, Merge, Purge, Records, Write},
    testing::NextApply,
};
use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn an_anonymization_of_the_loser_that_comes_after_the_merge_erases_both() {
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
        assert!(world.link_of(assessment).await.erased, "{assessment}");
    }
    assert_eq!(bodies(&world).await, 0);
    let lines = world.lines().await;
    let both = lines
        .iter()
        .filter(|line| line.contains("cannot be told apart"));
    assert_eq!(both.count(), 2, "{lines:?}");
    // From then on no body is kept.
    rejects(&world, "e5", 12, 22).await;
    assert_eq!(bodies(&world).await, 0);
}

#[tokio::test]
async fn an_anonymization_of_the_loser_finds_what_was_but_sent_also_at_the_end_of_a_chain() {
    let world = World::new();
    let (id, _) = world.invited().await;
    for (event, loser) in [("e1", 11), ("e2", 12), ("e3", 13)] {
        deliver(&world, event, &merge(loser, loser + 1)).await;
    }
    assert_eq!(candidate(&world, &id).await, 14);
    deliver(&world, "e4", &anonymize(11)).await;
    assert_eq!(person(&world, &id).await, InvitedPerson::default());
    // Nothing was pushed, so nothing is told.
    assert_eq!(events(&world).await, [""; 0]);
}

#[tokio::test]
async fn an_anonymization_of_the_winner_that_comes_before_the_merge_erases_what_moves() {
    for linked in [false, true] {
        let world = World::new();
        let (id, _) = world.invited().await;
        if linked {
            world.link("as-1", 11, 22).await;
            rejects(&world, "e1", 11, 22).await;
        }
        deliver(&world, "e2", &anonymize(12)).await;
        let known = person(&world, &id).await;
        assert!(known.email.is_some(), "so far it is nobody known here");
        deliver(&world, "e3", &merge(11, 12)).await;

        assert_eq!(person(&world, &id).await, InvitedPerson::default());
        assert_eq!(candidate(&world, &id).await, 12);
        assert_eq!(bodies(&world).await, 0);
        if linked {
            let link = world.link_of("as-1").await;
            assert_eq!((link.candidate.value(), link.erased), (12, true));
            let events = events(&world).await;
            assert!(
                events[2].contains("before or after the merge"),
                "{events:?}"
            );
        }
    }
}

/// Greenhouse repeats for some 15 hours: what comes later happened later.
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
async fn merges_that_come_in_the_other_order_end_at_whoever_remained() {
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
    // No end is no reason to look for one for ever.
    deliver(&world, "e4", &merge(14, 11)).await;
    deliver(&world, "e5", &merge(11, 12)).await;
    deliver(&world, "e6", &anonymize(13)).await;
    assert_eq!(person(&world, &id).await, InvitedPerson::default());
}

/// The merge shows in what was read, and no webhook tells of it.
#[tokio::test]
async fn a_merge_that_was_read_is_remembered_as_well() {
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
    assert!(world.link_of("as-1").await.erased);
    assert_eq!(person(&world, &id).await, InvitedPerson::default());
}

#[tokio::test]
async fn a_merge_that_shows_when_a_deletion_is_looked_up_erases_what_the_winner_lost() {
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
    assert_eq!((link.candidate.value(), link.erased), (12, true));
    assert_eq!(person(&world, &id).await, InvitedPerson::default());
}

/// Another host applies the merge between the reads of a decision and its commit.
#[tokio::test]
async fn a_merge_that_is_faster_than_an_anonymization_hides_nothing_from_it() {
    let world = World::new();
    let (id, _) = world.invited().await;
    world.door.next_applies([NextApply::Overtaken(merged)]);
    deliver(&world, "e1", &anonymize(11)).await;
    assert_eq!(candidate(&world, &id).await, 12);
    assert_eq!(person(&world, &id).await, InvitedPerson::default());
}

#[tokio::test]
async fn an_anonymization_that_is_faster_than_a_merge_is_seen_by_it() {
    let world = World::new();
    let (id, _) = world.invited().await;
    world
        .door
        .next_applies([NextApply::Overtaken(winner_anonymized)]);
    deliver(&world, "e1", &merge(11, 12)).await;
    assert_eq!(person(&world, &id).await, InvitedPerson::default());
}

/// Only what is about people is looked up and written.
#[tokio::test]
async fn what_happens_to_applications_asks_nothing_about_people() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    world.door.plan(None);
    rejects(&world, "e1", 11, 22).await;
    let calls = world.door.calls();
    assert!(!calls.contains(&"Records::candidate_history"), "{calls:?}");
    let fate = world
        .store
        .candidate_history(&world.account, CandidateId::new(11))
        .await;
    assert_eq!(fate.unwrap(), None);
    deliver(&world, "e2", &merge(11, 12)).await;
    let fate = world
        .store
        .candidate_history(&world.account, CandidateId::new(11))
        .await;
    assert!(fate.unwrap().is_some());
}

fn merged(slower: &Changes) -> Changes {
    let mut faster = noted(slower, |fate| {
        fate.merged_into = Some(CandidateId::new(12));
    });
    faster.merges = vec![Merge {
        loser: CandidateId::new(11),
        winner: CandidateId::new(12),
    }];
    faster
}

fn winner_anonymized(slower: &Changes) -> Changes {
    noted(slower, |fate| {
        if fate.candidate.value() == 12 {
            fate.anonymize(None, fate.noted_at);
        }
    })
}

/// The first to write what the other one read.
fn noted(slower: &Changes, add: impl Fn(&mut CandidateHistory)) -> Changes {
    let mut faster = Changes::none();
    for write in &slower.fates {
        let (Write::Put(fate) | Write::Remove(fate)) = write;
        let mut fate = CandidateHistory::new(fate.candidate, fate.noted_at);
        add(&mut fate);
        faster.fates.push(Write::Put(fate));
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
        "candidate_id": candidate, "anonymized_fields": ["full_name", "emails", "phone_numbers"],
    } })
}

/// What the log says of webhooks.
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

/// How many are kept; counting them takes them away.
async fn bodies(world: &World) -> usize {
    let all = later(world.now(), Duration::from_secs(1));
    let purged = world.store.purge(Purge::KeptBodies, all, 99).await;
    purged.unwrap()
}
