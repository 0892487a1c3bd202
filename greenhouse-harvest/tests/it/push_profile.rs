//! The product's profile of a candidate is sent to Greenhouse once, when the candidate is created.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use greenhouse_core::testing::has_remedy;
use serde_json::json;

use crate::support::{
    EMAIL,
    greenhouse::{Fault, JOB},
    world::World,
};

#[tokio::test]
async fn a_new_candidate_has_the_phone_the_links_and_the_resume_of_the_product() {
    let world = World::new().await;
    world.has_profile("a-1");
    let view = world.pushed(&world.assessed("a-1")).await;
    assert_eq!(view.state, "done", "{view:?}");
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 1]);
    world.greenhouse.with(|state| {
        let created = &state.created[0];
        assert_eq!(
            created["phone_numbers"],
            json!([{ "value": "+44 1234", "type": "other" }])
        );
        assert_eq!(
            created["website_addresses"],
            json!([{ "value": "https://mira.example/work", "type": "other" }])
        );
        let resume = &state.attachments[0];
        assert_eq!(resume["type"], "resume");
        assert_eq!(resume["content"], STANDARD.encode("%PDF-1.7 resume"));
        let name = resume["filename"].as_str().unwrap();
        assert!(
            name.starts_with("resume-") && name.ends_with(".pdf"),
            "{name}"
        );
        assert!(!name.to_lowercase().contains("mira"), "{name}");
        assert_eq!(state.attachments[1]["type"], "other");
    });
    // A repeated push changes nothing.
    assert_eq!(world.pushed(&world.assessed("a-1")).await.state, "done");
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 1]);
}

/// A second résumé would turn the first into a file without a kind, so an existing candidate
/// receives none, and keeps its own contact data.
#[tokio::test]
async fn an_existing_candidate_receives_nothing_of_the_profile() {
    let world = World::new().await;
    world.greenhouse.with(|state| {
        let candidate = state.add_candidate(EMAIL);
        state.add_application(candidate, JOB, "in_process");
    });
    for id in ["a-1", "a-2"] {
        world.has_profile(id);
        assert_eq!(world.pushed(&world.assessed(id)).await.state, "done");
    }
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 2]);
    let resumes = world.greenhouse.with(|state| {
        let resumes = state
            .attachments
            .iter()
            .filter(|row| row["type"] == "resume");
        resumes.count()
    });
    assert_eq!(resumes, 0);
}

/// The second assessment of a person whom the first push created attaches no second résumé.
#[tokio::test]
async fn a_person_has_one_resume() {
    let world = World::new().await;
    for id in ["a-1", "a-2"] {
        world.has_profile(id);
        assert_eq!(world.pushed(&world.assessed(id)).await.state, "done");
    }
    assert_eq!(world.greenhouse.counts(), [1, 1, 3, 2]);
}

/// If the response to the upload is lost, the résumé is found and not attached again.
#[tokio::test]
async fn a_resume_without_a_response_is_attached_once() {
    for (fault, first) in [(Fault::Applied, "done"), (Fault::NotApplied, "failed")] {
        let world = World::new().await;
        world.has_profile("a-1");
        world.greenhouse.fail("POST /v3/attachments", fault);
        let id = world.assessed("a-1");
        let view = world.pushed(&id).await;
        assert_eq!(view.state, first, "{view:?}");
        if first == "failed" {
            let error = view.error.unwrap();
            assert!(has_remedy(&error.message), "{}", error.message);
            world.advance(61);
            let mut state = world.pushed(&id).await.state;
            for _ in 0..5 {
                if state == "done" {
                    break;
                }
                world.advance(61);
                state = world.pushed(&id).await.state;
            }
            assert_eq!(state, "done");
        }
        assert_eq!(world.greenhouse.counts(), [1, 1, 2, 1]);
    }
}
