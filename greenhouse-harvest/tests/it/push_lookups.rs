//! Searches that return rows other than those requested, and people whose names and addresses are
//! spelled in unusual ways.

use serde_json::json;

use crate::support::{
    EMAIL,
    greenhouse::{Fault, JOB, STAGE},
    world::{World, WorldOptions},
};

#[tokio::test]
async fn a_push_never_goes_to_somebody_else() {
    for times in [1, 2, 99] {
        let world = World::new().await;
        let other = world.greenhouse.with(|state| {
            state.other_row.insert("GET /v3/candidates", times);
            state.add_candidate("otto@example.org")
        });
        let view = world.pushed(&world.assessed("a-1")).await;
        assert_eq!(view.state, "done", "{times}");
        assert_ne!(view.candidate.unwrap().value(), other, "{times}");
        assert_eq!(world.greenhouse.counts(), [2, 1, 1, 1], "{times}");
    }
}

#[tokio::test]
async fn a_look_up_that_lies_once_hides_nobody() {
    let world = World::new().await;
    let own = world.greenhouse.with(|state| {
        state.add_candidate("otto@example.org");
        state.other_row.insert("GET /v3/candidates", 1);
        state.add_candidate(EMAIL)
    });
    let view = world.pushed(&world.assessed("a-1")).await;
    assert_eq!(view.candidate.unwrap().value(), own);
    assert_eq!(world.greenhouse.counts(), [2, 1, 1, 1]);
}

#[tokio::test]
async fn one_row_listed_twice_is_one_person() {
    let world = World::new().await;
    let own = world.greenhouse.with(|state| {
        state.repeated = true;
        state.add_candidate(EMAIL)
    });
    let view = world.pushed(&world.assessed("a-1")).await;
    assert_eq!(view.state, "done");
    assert_eq!(view.candidate.unwrap().value(), own);
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn two_people_with_one_address_are_listed_once_each() {
    let world = World::new().await;
    world.greenhouse.with(|state| {
        state.repeated = true;
        state.add_candidate(EMAIL);
        state.add_candidate(EMAIL);
    });
    let view = world.pushed(&world.assessed("a-1")).await;
    let error = view.error.unwrap();
    assert_eq!(error.code, "several_candidates");
    assert_eq!(error.candidates.len(), 2);
}

/// A write of each kind whose outcome is unknown, and a search that returns another row.
#[tokio::test]
async fn a_lie_in_any_look_up_duplicates_nothing() {
    let cases = [
        ("POST /v3/candidates", "GET /v3/candidates"),
        ("POST /v3/candidates", "GET /v3/applications"),
        ("POST /v3/attachments", "GET /v3/attachments"),
        ("POST /v3/notes", "GET /v3/notes"),
    ];
    for (write, list) in cases {
        for times in [1, 2] {
            let world = World::new().await;
            world.greenhouse.with(|state| {
                let other = state.add_candidate("otto@example.org");
                let application = state.add_application(other, JOB, "in_process");
                let row =
                    json!({"id": 1, "application_id": application, "filename": "x", "body": "x"});
                state.attachments.push(row.clone());
                state.notes.push(row);
                state.other_row.insert(list, times);
            });
            world.greenhouse.fail(write, Fault::Applied);
            let id = world.assessed("a-1");
            for _ in 0..4 {
                let pushed = world.push.request(&world.account, &id, None).await;
                if pushed.is_ok_and(|view| view.state == "done") {
                    break;
                }
                world.advance(61);
            }
            let counts = world.greenhouse.counts();
            assert_eq!(counts, [2; 4], "{write} {list} {times}");
        }
    }
}

#[tokio::test]
async fn a_stage_of_another_application_moves_nothing() {
    let world = World::with(WorldOptions {
        settings: |settings| settings.move_existing = true,
        ..WorldOptions::default()
    })
    .await;
    world.greenhouse.with(|state| {
        let other = state.add_candidate("otto@example.org");
        state.add_application(other, JOB, "in_process");
        let own = state.add_candidate(EMAIL);
        state.add_application(own, JOB, "in_process");
        let stages = vec![json!({"id": STAGE, "job_id": JOB, "sort_order": 1, "active": true})];
        state.lists.insert("job_interview_stages", stages);
        state.other_row.insert("GET /v3/application_stages", 1);
    });
    let view = world.pushed(&world.assessed("a-1")).await;
    assert_eq!(view.state, "done");
    let asked = world.greenhouse.asked();
    assert!(
        !asked.iter().any(|line| line.ends_with("/move")),
        "{asked:?}"
    );
}

#[tokio::test]
async fn every_spelling_of_an_address_finds_the_person() {
    for spelling in [
        "canary@example.org\u{200b}",
        "\u{feff}canary@example.org",
        "can\u{ad}ary@example.org",
        "\u{202e}canary@example.org\u{202c}",
        "ｃａｎａｒｙ＠example.org",
        " CANARY@EXAMPLE.ORG\n",
    ] {
        assert_eq!(EMAIL, "canary@example.org");
        let world = World::new().await;
        world.greenhouse.with(|state| state.add_candidate(EMAIL));
        let id = world.assessed_as("a-1", |it| it.person.email = Some(spelling.into()));
        assert_eq!(world.pushed(&id).await.state, "done", "{spelling:?}");
        assert_eq!(world.greenhouse.counts(), [1; 4], "{spelling:?}");
    }
}

#[tokio::test]
async fn two_spellings_are_one_new_person() {
    let world = World::new().await;
    let first = world.assessed("a-1");
    let second = world.assessed_as("a-2", |it| {
        it.person.email = Some("Canary@Example.org\u{200b}".into());
    });
    assert_eq!(world.pushed(&first).await.state, "done");
    assert_eq!(world.pushed(&second).await.state, "done");
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 2]);
}

#[tokio::test]
async fn what_is_no_address_reaches_nobody() {
    for (address, code) in [
        ("canary%40example.org", "invalid_email"),
        ("canary", "invalid_email"),
        ("canary@example", "invalid_email"),
        ("can\0ary@example.org", "invalid_email"),
        ("canary@example.org\r\nBcc: x@example.org", "invalid_email"),
        ("Mira <canary@example.org>", "invalid_email"),
        ("canary@example.org,otto@example.org", "invalid_email"),
        ("\u{200b}", "no_email"),
    ] {
        let world = World::new().await;
        let id = world.assessed_as("a-1", |it| it.person.email = Some(address.into()));
        let (_, _, body) = world.operator("POST", "push/a-1", "").await;
        assert_eq!(body["error"]["code"], code, "{address:?} {body}");
        assert!(!body.to_string().contains("canary"), "{body}");
        assert_eq!(world.greenhouse.asked().len(), 0, "{address:?}");
        drop(id);
    }
}

#[tokio::test]
async fn names_leave_without_hidden_characters() {
    let world = World::new().await;
    world.assessed_as("a-1", |it| {
        it.person.first_name = " Mi\u{200b}ra\u{202e}\n Ada\0".into();
        it.person.last_name = "\u{ad}\u{200d}".into();
    });
    let (_, _, body) = world.operator("POST", "push/a-1", "").await;
    assert_eq!(body["state"], "done", "{body}");
    let bodies = world.greenhouse.with(|state| state.created.clone());
    assert_eq!(bodies[0]["first_name"], "Mira Ada");
    assert_eq!(bodies[0]["last_name"], "-");
}
