//! Changes to a person between an assessment and its push, or between two attempts.

use std::time::Duration;

use greenhouse_core::{
    ApplicationId, ApplicationStatus, AssessmentId, CandidateId, InvitationId, ScenarioId,
    store::{
        Changes, Erasure, Invitation, InvitedPerson, Merge, PushState, Records, RequestKey, Write,
    },
};
use greenhouse_harvest::PushRefusal;
use serde_json::json;

use crate::support::{EMAIL, greenhouse::Fault, start, world::World};

#[tokio::test]
async fn a_choice_can_be_withdrawn() {
    let world = World::new().await;
    world.assessed("a-1");
    let chosen = r#"{"candidate_id": 5}"#;
    let (_, _, body) = world.operator("POST", "push/a-1", chosen).await;
    assert_eq!(body["error"]["code"], "choice_not_found");
    let (_, _, body) = world.operator("POST", "push/a-1", "").await;
    assert_eq!(body["state"], json!("done"), "{body}");
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn a_changed_email_after_an_unknown_outcome_creates_no_second_person() {
    let world = World::new().await;
    world.greenhouse.fail("POST /v3/candidates", Fault::Applied);
    world.greenhouse.with(|state| state.lagging = true);
    let id = world.assessed("a-1");
    assert_eq!(world.pushed(&id).await.state, "failed");
    world.greenhouse.with(|state| state.lagging = false);
    world.advance(61);

    world.assessed_as("a-1", |it| {
        it.person.email = Some("fixed@example.org".into());
    });
    assert_eq!(refused(&world, &id).await, "email_changed");
    assert_eq!(world.greenhouse.counts(), [1, 1, 0, 0]);

    world.assessed("a-1");
    assert_eq!(world.pushed(&id).await.state, "done");
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn a_changed_email_stops_a_waiting_push() {
    let world = World::new().await;
    world.stop();
    let id = world.assessed("a-1");
    assert_eq!(world.pushed_while_time_passes(&id).await.state, "queued");
    world.assessed_as("a-1", |it| {
        it.person.email = Some("fixed@example.org".into());
    });
    work(&world).await;
    assert_eq!(world.failed(&id).await, "email_changed");
    assert_eq!(world.greenhouse.counts(), [0; 4]);
}

#[tokio::test]
async fn an_erased_person_is_not_pushed() {
    let world = World::new().await;
    let id = world.assessed("a-1");
    world.greenhouse.fail("POST /v3/notes", Fault::Refused);
    let candidate = world.pushed(&id).await.candidate.unwrap();
    erase(&world, candidate).await;
    assert_eq!(refused(&world, &id).await, "erased");
    assert_eq!(world.greenhouse.counts(), [1, 1, 1, 0]);
    let push = world.store.push(&world.account, &id).await.unwrap();
    assert_eq!(push.unwrap().person, None);
}

#[tokio::test]
async fn a_person_erased_while_the_push_waits_is_not_pushed() {
    let world = World::new().await;
    let id = world.assessed("a-1");
    world.greenhouse.fail("POST /v3/notes", Fault::Refused);
    let candidate = world.pushed(&id).await.candidate.unwrap();
    world.stop();
    assert_eq!(world.pushed_while_time_passes(&id).await.state, "queued");
    erase(&world, candidate).await;
    work(&world).await;
    assert_eq!(world.failed(&id).await, "erased");
    assert_eq!(world.greenhouse.counts(), [1, 1, 1, 0]);
}

/// A person whose data Greenhouse removed in part is still a candidate.
#[tokio::test]
async fn a_person_anonymized_by_known_words_is_pushed_again() {
    let world = World::new().await;
    let id = world.assessed("a-1");
    world.greenhouse.fail("POST /v3/notes", Fault::Refused);
    let candidate = world.pushed(&id).await.candidate.unwrap();
    anonymize(&world, candidate, &KNOWN_WORDS).await;
    let push = world.store.push(&world.account, &id).await.unwrap();
    assert_eq!(push.unwrap().person, None);
    let view = world.pushed(&id).await;
    assert_eq!((view.state, view.candidate), ("done", Some(candidate)));
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn a_person_anonymized_by_an_unknown_word_is_not_pushed() {
    let world = World::new().await;
    let id = world.assessed("a-1");
    world.greenhouse.fail("POST /v3/notes", Fault::Refused);
    let candidate = world.pushed(&id).await.candidate.unwrap();
    anonymize(&world, candidate, &["tags", "identity_verification"]).await;
    assert_eq!(refused(&world, &id).await, "erased");
    assert_eq!(world.greenhouse.counts(), [1, 1, 1, 0]);
}

/// One push is running, and another push for the same person waits for it.
#[tokio::test]
async fn known_words_stop_neither_a_running_nor_a_waiting_push() {
    let world = World::new().await;
    world
        .greenhouse
        .fail("POST /v3/attachments", Fault::Limited);
    let first = world.assessed("a-1");
    let second = world.assessed("a-2");
    let clicks = [world.click(&first), world.click(&second)];
    world.asked_for("POST /v3/attachments", 1).await;
    let push = world.store.push(&world.account, &first).await.unwrap();
    let candidate = push.unwrap().candidate.unwrap();
    anonymize(&world, candidate, &KNOWN_WORDS).await;
    for id in [&first, &second] {
        let mut state = None;
        for _ in 0..2000 {
            world.advance(1);
            tokio::time::sleep(Duration::from_millis(1)).await;
            let push = world.store.push(&world.account, id).await.unwrap();
            state = push.map(|push| push.state);
            if !matches!(state, Some(PushState::Queued | PushState::Running { .. })) {
                break;
            }
        }
        assert_eq!(state, Some(PushState::Done), "{id}");
    }
    clicks.iter().for_each(tokio::task::JoinHandle::abort);
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 2]);
}

#[tokio::test]
async fn an_invitation_with_only_an_application_creates_no_second_person() {
    for known in [true, false] {
        let world = World::new().await;
        let application = world.greenhouse.with(|state| {
            let candidate = state.add_candidate("other@example.org");
            state.add_application(candidate, 77, "in_process")
        });
        let id = world.assessed("a-1");
        let named = if known { application } else { 5 };
        invited(&world, &id, named).await;
        let view = world.pushed(&id).await;
        if known {
            assert_eq!(view.application.unwrap().value(), application);
            assert_eq!(world.greenhouse.counts(), [1; 4]);
        } else {
            assert_eq!(view.error.unwrap().code, "application_not_found");
            assert_eq!(world.greenhouse.counts(), [1, 1, 0, 0]);
        }
    }
}

#[tokio::test]
async fn later_assessments_ignore_a_deleted_candidate() {
    let world = World::new().await;
    let first = world.pushed(&world.assessed("a-1")).await;
    world.greenhouse.with(|state| {
        state.candidates.clear();
        state.applications.clear();
    });
    world.advance(61);
    let second = world.pushed(&world.assessed("a-2")).await;
    assert_eq!(second.state, "done", "{second:?}");
    assert_ne!(second.candidate, first.candidate);
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 2]);
}

#[tokio::test]
async fn a_candidate_deleted_between_attempts_is_searched_again() {
    let mut wishes = crate::support::world::WorldOptions::default();
    wishes.config.stage_with_candidate = false;
    let world = World::with(wishes).await;
    world
        .greenhouse
        .fail("POST /v3/applications", Fault::Refused);
    let id = world.assessed("a-1");
    let gone = world.pushed(&id).await.candidate;
    let other = world.greenhouse.with(|state| {
        state.candidates.clear();
        state.add_candidate(EMAIL)
    });
    world.advance(61);
    let view = world.pushed(&id).await;
    assert_eq!(view.state, "done", "{view:?}");
    assert_ne!(view.candidate, gone);
    assert_eq!(view.candidate, Some(CandidateId::new(other)));
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn a_recently_created_candidate_is_found() {
    let world = World::new().await;
    let first = world.pushed(&world.assessed("a-1")).await;
    world.greenhouse.fail("GET /v3/candidates", Fault::Refused);
    let second = world.pushed(&world.assessed("a-2")).await;
    assert_eq!(second.candidate, first.candidate);
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 2]);
}

#[tokio::test]
async fn a_retry_uses_the_current_application_of_the_link() {
    let world = World::new().await;
    let id = world.assessed("a-1");
    world.greenhouse.fail("POST /v3/notes", Fault::Refused);
    assert_eq!(world.pushed(&id).await.state, "failed");
    for deleted in [true, false] {
        let link = world.store.link(&world.account, &id).await.unwrap();
        let mut link = link.unwrap();
        link.application = ApplicationId::new(99);
        link.merged = true;
        link.state.deleted = deleted;
        let mut changes = Changes::none();
        changes.links.push(Write::Put(link));
        world.apply(changes).await;
        let view = world.pushed(&id).await;
        if deleted {
            assert_eq!(view.error.unwrap().code, "application_deleted");
            assert_eq!(world.greenhouse.counts(), [1, 1, 1, 0]);
        } else {
            assert_eq!(view.application, Some(ApplicationId::new(99)));
        }
    }
    world.greenhouse.with(|state| {
        assert_eq!(state.notes[0]["application_id"], json!(99));
    });
}

#[tokio::test]
async fn a_merge_during_the_push_is_kept() {
    let world = World::new().await;
    let id = world.assessed("a-1");
    world
        .greenhouse
        .fail("POST /v3/attachments", Fault::Limited);
    let click = world.click(&id);
    world.asked_for("POST /v3/attachments", 1).await;
    let push = world.store.push(&world.account, &id).await.unwrap();
    let loser = push.unwrap().candidate.unwrap();
    let winner = CandidateId::new(42);
    let mut changes = Changes::none();
    changes.merges.push(Merge { loser, winner });
    world.apply(changes).await;
    world.advance(30);
    for _ in 0..2000 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let push = world
            .store
            .push(&world.account, &id)
            .await
            .unwrap()
            .unwrap();
        if push.state == PushState::Done {
            break;
        }
    }
    click.abort();
    let push = world
        .store
        .push(&world.account, &id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(push.state, PushState::Done);
    assert_eq!(push.candidate, Some(winner));
    world.greenhouse.with(|state| {
        assert_eq!(state.notes[0]["candidate_id"], json!(42));
    });

    erase(&world, winner).await;
    let push = world.store.push(&world.account, &id).await.unwrap();
    assert_eq!(push.unwrap().person, None);
}

#[tokio::test]
async fn a_person_erased_during_the_push_receives_nothing_more() {
    let world = World::new().await;
    world
        .greenhouse
        .fail("POST /v3/attachments", Fault::Limited);
    let id = world.assessed("a-1");
    let click = world.click(&id);
    world.asked_for("POST /v3/attachments", 1).await;
    let push = world.store.push(&world.account, &id).await.unwrap();
    erase(&world, push.unwrap().candidate.unwrap()).await;
    world.advance(30);
    assert_eq!(world.failed(&id).await, "erased");
    click.abort();
    // The report was in flight, the note was not.
    assert_eq!(world.greenhouse.counts(), [1, 1, 1, 0]);
    let push = world.store.push(&world.account, &id).await.unwrap();
    assert_eq!(push.unwrap().person, None);
    assert_eq!(refused(&world, &id).await, "erased");
}

#[tokio::test]
async fn another_push_does_not_recreate_an_erased_person() {
    let world = World::new().await;
    let first = world.pushed(&world.assessed("a-1")).await;
    let second = world.assessed_as("a-2", |other| other.job = None);
    let refused_early = refused(&world, &second).await;
    assert_eq!(refused_early, "no_mapping");
    let other = world.assessed("a-3");
    world.stop();
    world.pushed_while_time_passes(&other).await;
    erase(&world, first.candidate.unwrap()).await;
    work(&world).await;
    assert_eq!(world.failed(&other).await, "erased");
    assert_eq!(refused(&world, &other).await, "erased");
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn an_application_closed_between_attempts_receives_nothing_more() {
    for (status, code) in [
        (ApplicationStatus::Rejected, "application_rejected"),
        (ApplicationStatus::Hired, "application_hired"),
    ] {
        let world = World::new().await;
        world.greenhouse.fail("POST /v3/notes", Fault::Refused);
        let id = world.assessed("a-1");
        assert_eq!(world.pushed(&id).await.state, "failed");
        let link = world.store.link(&world.account, &id).await.unwrap();
        let mut link = link.unwrap();
        link.state.status = status;
        let mut changes = Changes::none();
        changes.links.push(Write::Put(link));
        world.apply(changes).await;
        assert_eq!(world.pushed(&id).await.error.unwrap().code, code);
        assert_eq!(world.greenhouse.counts(), [1, 1, 1, 0]);
    }
}

#[tokio::test]
async fn a_recently_created_application_is_reused() {
    for (status, state, code) in [
        (ApplicationStatus::Active, "done", None),
        (
            ApplicationStatus::Rejected,
            "failed",
            Some("application_rejected"),
        ),
    ] {
        let world = World::new().await;
        let id = world.assessed("a-1");
        let first = world.pushed(&id).await;
        let link = world.store.link(&world.account, &id).await.unwrap();
        let mut link = link.unwrap();
        link.state.status = status;
        let mut changes = Changes::none();
        changes.links.push(Write::Put(link));
        world.apply(changes).await;

        // Reads lag, so the application is not visible yet.
        world.greenhouse.with(|state| state.lagging = true);
        let second = world.pushed(&world.assessed("a-2")).await;
        assert_eq!(second.state, state, "{second:?}");
        let error = second.error.as_ref().map(|error| error.code.as_str());
        assert_eq!(error, code);
        let [candidates, applications, ..] = world.greenhouse.counts();
        assert_eq!((candidates, applications), (1, 1));
        if code.is_none() {
            assert_eq!(second.application, first.application);
        }
    }
}

/// Returns the code of a refusal.
async fn refused(world: &World, id: &AssessmentId) -> String {
    match world.push.request(&world.account, id, None).await {
        Err(PushRefusal::NotPushable(text)) => text.code().to_owned(),
        other => panic!("{other:?}"),
    }
}

async fn work(world: &World) {
    use greenhouse_core::Background as _;
    world.push.run_due(10).await.unwrap();
}

async fn erase(world: &World, candidate: CandidateId) {
    let mut changes = Changes::none();
    changes.erasures.push(Erasure::everything(candidate));
    world.apply(changes).await;
}

async fn anonymize(world: &World, candidate: CandidateId, words: &[&str]) {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let mut changes = Changes::none();
    changes.erasures.push(Erasure::fields(candidate, words));
    world.apply(changes).await;
}

const KNOWN_WORDS: [&str; 6] = [
    "full_name",
    "email_addresses",
    "emails",
    "notes",
    "candidate_stage_data",
    "attachments",
];

async fn invited(world: &World, id: &AssessmentId, application: i64) {
    let mut invitation = Invitation::new(
        InvitationId::new("i-1"),
        RequestKey::new("r-1"),
        ScenarioId::new("discovery-call"),
        InvitedPerson::new("Mira", "Okafor", EMAIL),
        start(),
    );
    invitation.assessment = Some(id.clone());
    invitation.application = Some(ApplicationId::new(application));
    let mut changes = Changes::none();
    changes.invitations.push(Write::Put(invitation));
    world.apply(changes).await;
}
