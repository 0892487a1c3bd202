//! `GET push/{assessment}`, and links to Greenhouse in the sync log.

use greenhouse_core::platform::AssessmentState;
use serde_json::json;

use crate::support::{
    EMAIL,
    greenhouse::{Fault, JOB},
    world::World,
};

#[tokio::test]
async fn the_state_of_a_push_lists_its_steps_and_links_to_greenhouse() {
    let world = World::new().await;
    let id = world.assessed("a-1");
    let path = format!("push/{id}");
    assert_eq!(world.operator("GET", &path, "").await.0, 404);
    let posted = world.pushed(&id).await;
    let (status, _, state) = world.operator("GET", &path, "").await;
    assert_eq!((status, &state), (200, &json!(posted)));

    let steps = state["steps"].as_array().unwrap();
    let names: Vec<_> = steps.iter().map(|step| step["step"].clone()).collect();
    assert_eq!(names, ["candidate", "application", "report", "note"]);
    for step in steps {
        assert_eq!(step["state"], "done", "{step}");
        assert!(
            step["began_at"].as_str() <= step["ended_at"].as_str(),
            "{step}"
        );
    }
    let url = format!(
        "https://app.greenhouse.io/people/{}?application_id={}",
        state["candidate"], state["application"]
    );
    assert_eq!(state["greenhouse_url"], url);
    let (_, _, log) = world.operator("GET", "sync-log", "").await;
    assert_eq!(log["entries"][0]["candidate"], state["candidate"]);
    assert_eq!(log["entries"][0]["greenhouse_url"], url);
}

#[tokio::test]
async fn a_step_with_an_unknown_outcome_is_shown_until_a_retry_repeats_it() {
    let world = World::new().await;
    let id = world.assessed("a-1");
    world.greenhouse.with(|state| {
        let candidate = state.add_candidate(EMAIL);
        state.add_application(candidate, JOB, "in_process");
    });
    world.greenhouse.fail("POST /v3/notes", Fault::NotApplied);
    assert_eq!(world.pushed(&id).await.state, "failed");
    let path = format!("push/{id}");
    let states = async || {
        let (_, _, state) = world.operator("GET", &path, "").await;
        let steps = state["steps"].as_array().unwrap().iter();
        let states = steps.map(|step| (step["step"].clone(), step["state"].clone()));
        Vec::from_iter(states)
    };
    let expected = |note: &str| {
        let states = [
            ("candidate", "found"),
            ("application", "found"),
            ("report", "done"),
            ("note", note),
        ];
        Vec::from(states.map(|(step, state)| (json!(step), json!(state))))
    };
    assert_eq!(states().await, expected("unknown"));
    world.advance(60);
    assert_eq!(world.pushed_while_time_passes(&id).await.state, "done");
    assert_eq!(states().await, expected("done"));
}

#[tokio::test]
async fn readiness_is_what_a_push_would_answer() {
    let world = World::new().await;
    world.assessed_as("running", |it| it.state = AssessmentState::Started);
    world.assessed_as("no-job", |it| it.job = None);
    for (id, status, code) in [
        ("strange", 404, "not_found"),
        ("running", 409, "not_completed"),
        ("no-job", 422, "no_mapping"),
    ] {
        let (found, _, body) = world.operator("GET", &format!("push/{id}/ready"), "").await;
        assert_eq!((found, &body["error"]["code"]), (status, &json!(code)));
    }
    let id = world.assessed("a-1");
    let path = format!("push/{id}/ready");
    let (status, _, body) = world.operator("GET", &path, "").await;
    assert_eq!((status, body), (200, json!({"ready": true})));
    assert_eq!(world.operator("POST", &path, "").await.0, 405);
    assert_eq!(world.log().await.len(), 0);
    assert_eq!(world.greenhouse.asked(), [""; 0]);
    assert_eq!(world.pushed(&id).await.state, "done");
    assert_eq!(world.operator("GET", &path, "").await.0, 200);
}
