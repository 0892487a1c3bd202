use mock_greenhouse::{CandidateEmailFilter, Fault, FaultKind};
use serde_json::json;

use crate::support::{Caller, Scene};

const BY_EMAIL: &str = "/v3/candidates?email=ann@example.org";

#[tokio::test]
async fn a_look_up_by_email_is_exact_or_matches_a_part_of_an_address() {
    let scene = Scene::new().await;
    let ann = scene
        .greenhouse
        .seed_candidate("Ann", "A", "ann@example.org");
    let joann = scene
        .greenhouse
        .seed_candidate("Joann", "B", "joANN@example.org");
    assert_eq!(scene.harvest.get(BY_EMAIL).await.ids(), [ann]);
    scene
        .greenhouse
        .switch(|switches| switches.candidate_email_filter = CandidateEmailFilter::Contains);
    assert_eq!(scene.harvest.get(BY_EMAIL).await.ids(), [joann, ann]);
}

#[tokio::test]
async fn a_fault_answers_a_look_up_with_a_row_that_the_filters_exclude() {
    let scene = Scene::new().await;
    let fault = || Fault::new("GET", "/v3/candidates", FaultKind::OtherRow);
    let ann = scene
        .greenhouse
        .seed_candidate("Ann", "A", "ann@example.org");
    scene.greenhouse.add_fault(fault());
    assert!(scene.harvest.get(BY_EMAIL).await.ids().is_empty());

    let other = scene.greenhouse.seed_candidate("Bo", "B", "bo@example.org");
    scene.greenhouse.add_fault(fault());
    let reply = scene.harvest.get(BY_EMAIL).await;
    assert_eq!((reply.ids(), reply.header("link")), (vec![other], Some("")));
    assert_eq!(scene.harvest.get(BY_EMAIL).await.ids(), [ann]);
    scene.greenhouse.add_fault(fault());
    let unfiltered = scene.harvest.get("/v3/candidates?per_page=5").await.ids();
    assert_eq!(unfiltered, [other, ann]);
    assert!(scene.greenhouse.unused_faults().is_empty());
}

#[tokio::test]
async fn a_fault_lists_one_row_twice() {
    let scene = Scene::new().await;
    let fault = Fault::new("GET", "/v3/candidates", FaultKind::RepeatedRow);
    scene.greenhouse.add_fault(fault.next(2));
    assert!(scene.harvest.get("/v3/candidates").await.ids().is_empty());
    let ann = scene
        .greenhouse
        .seed_candidate("Ann", "A", "ann@example.org");
    let bo = scene.greenhouse.seed_candidate("Bo", "B", "bo@example.org");
    let all = scene.harvest.get("/v3/candidates").await.ids();
    assert_eq!(all, [bo, ann, bo]);
    assert_eq!(scene.harvest.get("/v3/candidates").await.ids(), [bo, ann]);
}

#[tokio::test]
async fn lying_lists_are_planned_over_http() {
    let scene = Scene::new().await;
    scene
        .greenhouse
        .seed_candidate("Ann", "A", "ann@example.org");
    let caller = Caller::stranger(&scene.greenhouse);
    for kind in ["other_row", "repeated_row"] {
        let body = json!({ "method": "GET", "path": "/v3/candidates", "kind": kind });
        assert_eq!(caller.post("/_mock/faults", body).await.status, 201);
    }
    assert!(scene.harvest.get(BY_EMAIL).await.ids().is_empty());
    assert_eq!(scene.harvest.get(BY_EMAIL).await.ids().len(), 2);
}
