//! Whose assessment it is: what changes about a person between an assessment and its push, or between two tries.

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
async fn a_choice_can_be_taken_back() {
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
async fn an_address_that_changes_after_a_write_of_unknown_outcome_makes_no_second_person() {
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
async fn an_address_that_changes_while_the_push_waits_stops_it() {
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
async fn who_was_erased_is_not_brought_back() {
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
async fn who_is_erased_while_the_push_waits_is_not_brought_back() {
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

#[tokio::test]
async fn an_invitation_that_names_the_application_only_makes_no_second_person() {
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
async fn a_deleted_candidate_is_passed_over_by_later_assessments() {
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
async fn a_candidate_that_is_deleted_between_two_tries_is_looked_for_anew() {
    let mut wishes = crate::support::world::Wishes::default();
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
async fn nobody_is_missed_who_was_only_just_created() {
    let world = World::new().await;
    let first = world.pushed(&world.assessed("a-1")).await;
    world.greenhouse.fail("GET /v3/candidates", Fault::Refused);
    let second = world.pushed(&world.assessed("a-2")).await;
    assert_eq!(second.candidate, first.candidate);
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 2]);
}

#[tokio::test]
async fn a_retry_goes_to_the_application_that_the_link_names_now() {
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
async fn a_merge_while_the_push_runs_stays() {
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
async fn who_is_erased_while_the_push_runs_gets_nothing_more() {
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
    // The report was under way; the note was not.
    assert_eq!(world.greenhouse.counts(), [1, 1, 1, 0]);
    let push = world.store.push(&world.account, &id).await.unwrap();
    assert_eq!(push.unwrap().person, None);
    assert_eq!(refused(&world, &id).await, "erased");
}

#[tokio::test]
async fn who_is_erased_is_not_brought_back_by_another_push_of_theirs() {
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
async fn who_has_ended_between_two_tries_gets_nothing_more() {
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
async fn an_application_of_a_moment_ago_is_shared_and_not_created_again() {
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

        // Reads lag, so the application is not seen yet.
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

/// The code of a refusal.
async fn refused(world: &World, id: &AssessmentId) -> &'static str {
    match world.push.request(&world.account, id, None).await {
        Err(PushRefusal::Unfit { code, .. }) => code,
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
