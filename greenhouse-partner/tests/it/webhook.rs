use greenhouse_core::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus, AssessmentId, Stage, StageId,
    platform::Outcome,
    store::{Records, TaskKind},
};
use serde_json::{Value, json};

use crate::support::{HOOK, Trouble, World, sign};

fn event(
    action: &str,
    application: i64,
    status: Option<&str>,
    stage: Option<&str>,
    at: &str,
) -> Value {
    json!({
        "organization_id": 4_000_000_000_i64,
        "action": action,
        "payload": { "application": {
            "id": application,
            "status": status,
            "candidate": { "id": 11, "first_name": "Ada" },
            "current_stage": stage.map(|name| json!({ "id": 5, "name": name })),
            "last_activity_at": at,
            "jobs": [{ "id": 70 }],
        } },
    })
}

fn hired(application: i64) -> Value {
    json!({ "action": "hire_candidate", "payload": { "application": {
        "id": application, "candidate": { "id": 11 }, "offer": { "resolved_at": "2026-11-23T09:00:00Z" },
    } } })
}

async fn outcome(world: &World) -> Option<(Outcome, u64)> {
    world.run_due().await;
    world
        .platform
        .outcome(&world.account, &AssessmentId::new("as-1"))
}

#[tokio::test]
async fn a_rejection_marks_the_assessment_and_an_unrejection_reverts_it() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    let reject = event(
        "reject_candidate",
        22,
        Some("rejected"),
        Some("Screen"),
        "2026-11-23T09:00:00Z",
    );
    let answer = world.deliver("e1", &reject).await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({ "status": "ok" }))
    );
    assert_eq!(
        world.link_of("as-1").await.state.status,
        ApplicationStatus::Rejected
    );
    assert_eq!(outcome(&world).await, Some((Outcome::Rejected, 1)));

    let undo = event(
        "unreject_candidate",
        22,
        Some("active"),
        Some("Screen"),
        "2026-11-23T09:05:00Z",
    );
    world.deliver("e2", &undo).await;
    assert_eq!(outcome(&world).await, Some((Outcome::Active, 2)));
    assert_eq!(
        world.lines().await,
        [
            "event done: The application was rejected in Greenhouse. It is at stage \"Screen\".",
            "event done: The application is active again in Greenhouse. It is at stage \"Screen\".",
        ]
    );
    assert_eq!(
        world.store.last_delivery_at(&world.account).await.unwrap(),
        Some(world.now())
    );
}

#[tokio::test]
async fn a_hire_is_a_hint_that_is_verified_by_a_read() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    assert_eq!(world.deliver("e1", &hired(22)).await.status, 200);
    assert_eq!(world.backlog(TaskKind::ReadApplication).await, 1);
    world.reader.sees(ApplicationSnapshot::new(
        ApplicationId::new(22),
        ApplicationStatus::Hired,
    ));
    world.run_due().await;
    assert_eq!(
        world.link_of("as-1").await.state.status,
        ApplicationStatus::Hired
    );
    assert_eq!(outcome(&world).await, Some((Outcome::Hired, 1)));
}

#[tokio::test]
async fn a_contradicted_hint_is_read_again_before_it_is_dropped() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    world.deliver("e1", &hired(22)).await;
    world.reader.sees(ApplicationSnapshot::new(
        ApplicationId::new(22),
        ApplicationStatus::Active,
    ));
    let next = world.run_due().await.unwrap();
    assert_eq!((next - world.now()).num_seconds(), 60);
    world.tick(60);
    assert_eq!(world.run_due().await, None);
    assert_eq!(*world.reader.calls.lock().unwrap(), 2);
    assert_eq!(
        world.link_of("as-1").await.state.status,
        ApplicationStatus::Active
    );
    assert_eq!(outcome(&world).await, None);
}

#[tokio::test]
async fn a_failing_reader_is_retried_and_a_missing_one_is_skipped() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    world.deliver("e1", &hired(22)).await;
    world.reader.has(Some(Trouble::Down));
    let next = world.run_due().await.unwrap();
    assert_eq!((next - world.now()).num_seconds(), 5);
    world.tick(5);
    world.reader.has(Some(Trouble::NotConfigured));
    world.run_due().await;
    assert_eq!(outcome(&world).await, Some((Outcome::Hired, 1)));
    assert!(
        world
            .log()
            .await
            .iter()
            .all(|logged| logged.entry.status.as_str() == "done")
    );

    let world = World::without_reader();
    world.link("as-1", 11, 22).await;
    world.deliver("e1", &hired(22)).await;
    assert_eq!(outcome(&world).await, Some((Outcome::Hired, 1)));
    assert_eq!(
        world.lines().await,
        [
            "event done: The candidate was hired in Greenhouse. This is not confirmed. Without \
             Harvest access, webhooks are applied in order of arrival."
        ]
    );
}

#[tokio::test]
async fn stage_changes_and_updates_are_followed_and_old_ones_change_nothing() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    world
        .deliver(
            "e1",
            &event(
                "candidate_stage_change",
                22,
                Some("active"),
                Some("Onsite"),
                "2026-11-23T09:10:00Z",
            ),
        )
        .await;
    world
        .deliver(
            "e2",
            &event(
                "candidate_stage_change",
                22,
                Some("active"),
                Some("Screen"),
                "2026-11-23T09:00:00Z",
            ),
        )
        .await;
    let stage = world.link_of("as-1").await.state.stage.unwrap();
    assert_eq!(
        stage,
        Stage::new(Some(StageId::new(5)), Some("Onsite".to_owned()))
    );
    world
        .deliver(
            "e3",
            &event(
                "application_updated",
                22,
                Some("rejected"),
                Some("Onsite"),
                "2026-11-23T09:20:00Z",
            ),
        )
        .await;
    assert_eq!(outcome(&world).await, Some((Outcome::Rejected, 1)));
    assert_eq!(
        world.lines().await,
        [
            "event done: The application moved to stage \"Onsite\" in Greenhouse.",
            "event skipped: A late webhook was skipped, because it is older than the known \
             state of the application.",
            "event done: The application was rejected in Greenhouse. It is at stage \"Onsite\".",
        ]
    );
}

#[tokio::test]
async fn an_unknown_application_updates_only_the_last_delivery() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    let mut stranger = event(
        "reject_candidate",
        99,
        Some("rejected"),
        None,
        "2026-11-23T09:00:00Z",
    );
    stranger["payload"]["application"]["candidate"]["id"] = json!(98);
    for (id, body) in [
        ("e1", stranger),
        ("e2", json!({ "action": "ping", "payload": {} })),
        (
            "e3",
            json!({ "action": "job_created", "payload": { "job": { "id": 1 } } }),
        ),
    ] {
        assert_eq!(world.deliver(id, &body).await.status, 200);
    }
    assert!(world.lines().await.is_empty());
    assert_eq!(world.run_due().await, None);
    assert!(
        world
            .store
            .last_delivery_at(&world.account)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_repeated_hint_is_read_once() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    let hire = json!({ "action": "hire_candidate", "payload": { "application": { "id": 22 } } });
    for _ in 0..3 {
        assert_eq!(world.deliver("e1", &hire).await.status, 200);
    }
    // A hint changes no link, so only the stored delivery identifies the duplicates.
    assert_eq!(world.backlog(TaskKind::ReadApplication).await, 1);
    assert_eq!(world.log().await.len(), 1);
}

#[tokio::test]
async fn one_body_under_many_ids_is_read_once() {
    let deleted = json!({ "action": "delete_candidate", "payload": { "person": { "id": 11 } } });
    for body in [hired(22), deleted] {
        let world = World::new();
        world.link("as-1", 11, 22).await;
        world.reader.sees(ApplicationSnapshot::new(
            ApplicationId::new(22),
            ApplicationStatus::Hired,
        ));
        let reads = async || {
            for _ in 0..3 {
                world.run_due().await;
                world.tick(61);
            }
            *world.reader.calls.lock().unwrap()
        };
        assert_eq!(world.deliver("first", &body).await.status, 200);
        let (first, lines) = (reads().await, world.lines().await);
        assert!((1..=2).contains(&first), "{first} reads after {body}");
        for number in 0..60 {
            let id = format!("id-{number}");
            assert_eq!(world.deliver(&id, &body).await.status, 200);
            if number % 20 == 0 {
                assert_eq!(reads().await, first, "{body}");
            }
        }
        assert_eq!(reads().await, first, "{body}");
        assert_eq!(world.lines().await, lines, "{body}");
    }
}

#[tokio::test]
async fn the_same_body_after_another_event_is_read_again() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    world.reader.sees(ApplicationSnapshot::new(
        ApplicationId::new(22),
        ApplicationStatus::Hired,
    ));
    let unhired = event(
        "unhire_candidate",
        22,
        Some("active"),
        Some("Offer"),
        "2026-11-23T09:30:00Z",
    );
    // Two hires without a time may have the same body.
    for (id, body, reads) in [
        ("e1", hired(22), 1),
        ("e2", unhired, 1),
        ("e3", hired(22), 2),
    ] {
        assert_eq!(world.deliver(id, &body).await.status, 200);
        world.run_due().await;
        assert_eq!(*world.reader.calls.lock().unwrap(), reads, "{id}");
    }
    let status = world.link_of("as-1").await.state.status;
    assert_eq!(status, ApplicationStatus::Hired);
}

/// A body that was ignored is read when its application has been pushed.
#[tokio::test]
async fn the_same_body_after_a_push_is_read() {
    let world = World::new();
    assert_eq!(world.deliver("e1", &hired(22)).await.status, 200);
    world.link("as-1", 11, 22).await;
    assert_eq!(world.deliver("e2", &hired(22)).await.status, 200);
    assert_eq!(world.backlog(TaskKind::ReadApplication).await, 1);
}

#[tokio::test]
async fn a_delivery_has_one_effect_and_another_body_is_another_delivery() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    let reject = event(
        "reject_candidate",
        22,
        Some("rejected"),
        Some("Onsite"),
        "2026-11-23T09:00:00Z",
    );
    for _ in 0..3 {
        assert_eq!(world.deliver("e1", &reject).await.status, 200);
    }
    assert_eq!(world.backlog(TaskKind::NotifyProduct).await, 1);
    assert_eq!(world.log().await.len(), 1);
    // The same body with a new id has no further effect.
    assert_eq!(world.deliver("e2", &reject).await.status, 200);
    assert_eq!(world.log().await.len(), 1);
    // The same id with another body is another delivery.
    let undo = event(
        "unreject_candidate",
        22,
        Some("active"),
        Some("Onsite"),
        "2026-11-23T09:10:00Z",
    );
    assert_eq!(world.deliver("e1", &undo).await.status, 200);
    assert_eq!(
        world.link_of("as-1").await.state.status,
        ApplicationStatus::Active
    );
    let notes = world.lines().await;
    let notes = notes.iter().filter(|line| {
        line.starts_with("problem done: A webhook had the id of an earlier webhook")
    });
    assert_eq!(notes.count(), 1, "it is noted");
}

#[tokio::test]
async fn unsigned_webhooks_are_refused() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    let body = event(
        "reject_candidate",
        22,
        Some("rejected"),
        Some("Onsite"),
        "2026-11-23T09:00:00Z",
    )
    .to_string();
    let good = sign(&body);
    let flipped = good.replace('a', "b");
    let refused = json!({ "error": { "code": "bad_signature", "message": "the signature does not match the account's webhook secret" } });
    for signature in [
        None,
        Some(""),
        Some("sha256"),
        Some(&*flipped),
        Some(&*good.replace(' ', "=")),
        Some("sha1 00"),
    ] {
        let answer = world.deliver_raw(HOOK, "e1", signature, &body).await;
        assert_eq!(
            (answer.status, answer.json()),
            (401, refused.clone()),
            "{signature:?}"
        );
    }
    assert_eq!(
        world
            .deliver_raw(HOOK, "e1", Some(&good), &format!("{body} "))
            .await
            .status,
        401
    );
    assert_eq!(
        world
            .deliver_raw("fedcba9876543210", "e1", Some(&good), &body)
            .await
            .status,
        404
    );
    assert!(world.is_untouched().await);
    assert_eq!(
        world.link_of("as-1").await.state.status,
        ApplicationStatus::Active
    );
}

#[tokio::test]
async fn signed_invalid_bodies() {
    let world = World::new();
    let large = format!(
        "{{\"action\":\"ping\",\"x\":\"{}\"}}",
        "y".repeat(1024 * 1024)
    );
    let answer = world
        .deliver_raw(HOOK, "e1", Some(&sign(&large)), &large)
        .await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "too_large"));
    assert!(world.is_untouched().await);

    // Unreadable JSON is stored, because a retry would not change it.
    for (id, body) in [
        ("e2", "[]"),
        ("e3", "{}"),
        (
            "e4",
            "{\"action\":\"reject_candidate\",\"payload\":{\"application\":{}}}",
        ),
    ] {
        for _ in 0..2 {
            assert_eq!(
                world
                    .deliver_raw(HOOK, id, Some(&sign(body)), body)
                    .await
                    .status,
                200,
                "{body}"
            );
        }
    }
    let lines = world.lines().await;
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(
        lines[2],
        "problem failed: A webhook from Greenhouse could not be read: reject_candidate has no id at \
         payload.application.id. Its body was stored. Check recent changes in Greenhouse manually."
    );
}

#[tokio::test]
async fn the_bare_path_serves_the_default_account() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    let body = event(
        "reject_candidate",
        22,
        Some("rejected"),
        None,
        "2026-11-23T09:00:00Z",
    )
    .to_string();
    let answer = world.deliver_raw("", "", Some(&sign(&body)), &body).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        world.link_of("as-1").await.state.status,
        ApplicationStatus::Rejected
    );
}

#[tokio::test]
async fn an_anonymized_candidate_is_erased() {
    let world = World::new();
    let (id, _) = world.invited().await;
    world.link("as-1", 11, 22).await;
    let body = json!({ "action": "candidate_anonymized", "payload": {
        "candidate_id": 11, "anonymized_fields": ["full_name", "email_addresses"],
    } });
    assert_eq!(world.deliver("e1", &body).await.status, 200);
    let invitation = world
        .store
        .invitation(&world.account, &greenhouse_core::InvitationId::new(id))
        .await;
    let person = invitation.unwrap().unwrap().person;
    assert_eq!(
        (person.first_name, person.last_name, person.email),
        (None, None, None)
    );
    assert_eq!(
        world.link_of("as-1").await.application,
        ApplicationId::new(22)
    );
}

#[tokio::test]
async fn a_merge_moves_the_link_to_the_remaining_application() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    let body = json!({ "action": "merge_candidate", "payload": { "person": {
        "id": 11, "new_candidate_id": 12, "deleted_application_ids": [22],
    } } });
    assert_eq!(world.deliver("e1", &body).await.status, 200);
    assert!(world.link_of("as-1").await.state.deleted);
    world.reader.sees(ApplicationSnapshot::new(
        ApplicationId::new(23),
        ApplicationStatus::Active,
    ));
    world.tick(60);
    world.run_due().await;
    let link = world.link_of("as-1").await;
    assert_eq!(
        (link.application, link.candidate.value(), link.state.deleted),
        (ApplicationId::new(23), 12, false)
    );
}
