use http::Method;
use mock_greenhouse::StageRules;
use serde_json::{Value, json};

use crate::support::{Caller, Receiver, Scene};

/// Creates a scene whose partner is configured over HTTP.
async fn scene_with_partner() -> (Scene, Caller, Receiver) {
    let scene = Scene::new().await;
    let partner = Receiver::start(|received| match received.path.as_str() {
        "/send" => (200, json!({ "partner_interview_id": "i1" }).to_string()),
        "/status" => (200, json!({ "partner_status": "started" }).to_string()),
        _ => (404, String::new()),
    })
    .await;
    let caller = Caller::stranger(&scene.greenhouse);
    let at = |path: &str| format!("{}{path}", partner.url);
    let body = json!({
        "list_tests_url": at("/list"), "send_test_url": at("/send"), "test_status_url": at("/status"),
        "response_error_url": at("/error"), "api_key": "partner-key", "sent_by": "lee@example.org",
    });
    let reply = caller.call(Method::PUT, "/_mock/partner", Some(body)).await;
    assert_eq!(reply.status, 204);
    (scene, caller, partner)
}

#[tokio::test]
async fn a_test_is_sent_resent_and_requested_over_http() {
    let (scene, caller, partner) = scene_with_partner().await;
    let application = scene.new_application();
    let body = json!({ "application_id": application, "partner_test_id": "t1" });
    let sent = caller.post("/_mock/take_home_tests", body).await;
    assert_eq!(sent.status, 201);
    let test = sent.json();
    assert_eq!(
        (&test["partner_interview_id"], &test["application_id"]),
        (&json!("i1"), &json!(application))
    );
    assert_eq!(partner.to("/send")[0].json()["sent_by"], "lee@example.org");

    let path = format!("/_mock/take_home_tests/{}", test["id"]);
    let resent = caller.post(&format!("{path}/resend"), json!({})).await;
    assert_eq!(
        (resent.status.as_u16(), &resent.json()["url"]),
        (200, &test["url"])
    );
    let status = caller.post(&format!("{path}/status"), json!({})).await;
    assert_eq!(
        (status.status.as_u16(), &status.json()["status"]),
        (200, &json!("started"))
    );
    let all = caller.get("/_mock/take_home_tests").await.json();
    assert_eq!(all, json!([status.json()]));
}

#[tokio::test]
async fn a_test_that_cannot_be_sent_says_why() {
    let (scene, caller, partner) = scene_with_partner().await;
    let send = async |body: Value| {
        let reply = caller.post("/_mock/take_home_tests", body).await;
        (reply.status.as_u16(), reply.json()["message"].clone())
    };
    let application = scene.new_application();
    let body = json!({ "application_id": application, "partner_test_id": "t1" });
    assert_eq!(
        send(json!({ "application_id": 7, "partner_test_id": "t1" }))
            .await
            .0,
        404
    );
    assert_eq!(send(json!({ "application_id": application })).await.0, 422);
    partner.answers(|_| (503, String::new()));
    assert_eq!(
        send(body.clone()).await,
        (
            502,
            json!("expected a 2xx status from the partner, got 503")
        )
    );
    scene.greenhouse.reject(application).await.unwrap();
    assert_eq!(send(body).await.0, 422);
    let unknown = caller
        .post("/_mock/take_home_tests/7/status", json!({}))
        .await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_stage_rule_sends_its_test_when_an_application_moves_to_the_stage() {
    let (scene, caller, partner) = scene_with_partner().await;
    let stage = scene.stage("Take Home Test");
    scene.greenhouse.set_stage_rule(stage, Some("t1")).unwrap();
    let application = scene.new_application();
    let from = scene.stage("Application Review");
    let path = format!("/v3/applications/{application}/move");
    let body = json!({ "from_stage_id": from, "to_stage_id": stage });
    assert_eq!(scene.harvest.post(&path, body.clone()).await.status, 204);
    assert!(scene.greenhouse.settle().await);
    assert_eq!(partner.to("/send")[0].json()["partner_test_id"], "t1");
    let tests = scene.greenhouse.take_home_tests();
    assert_eq!((tests.len(), tests[0].application_id), (1, application));

    // A refused move and a move to the current stage trigger nothing.
    assert_eq!(scene.harvest.post(&path, body).await.status, 422);
    scene.greenhouse.move_to(application, stage).await.unwrap();
    assert!(scene.greenhouse.settle().await);
    assert_eq!(partner.to("/send").len(), 1);

    let rule = format!("/_mock/stage_rules/{stage}");
    assert_eq!(caller.call(Method::DELETE, &rule, None).await.status, 204);
    let second = scene.new_application();
    scene.greenhouse.move_to(second, stage).await.unwrap();
    let body = Some(json!({ "partner_test_id": "t2" }));
    assert_eq!(caller.call(Method::PUT, &rule, body).await.status, 204);
    let third = scene.new_application();
    scene.greenhouse.move_to(third, stage).await.unwrap();
    assert!(scene.greenhouse.settle().await);
    let sent = partner.to("/send");
    assert_eq!(
        (sent.len(), &sent[1].json()["partner_test_id"]),
        (2, &json!("t2"))
    );
    assert!(scene.greenhouse.set_stage_rule(7, None).is_err());
}

#[tokio::test]
async fn a_stage_rule_runs_on_moves_or_on_every_entry() {
    for (switch, expected) in [(StageRules::Moves, 0), (StageRules::Entries, 3)] {
        let (scene, _, partner) = scene_with_partner().await;
        scene
            .greenhouse
            .switch(|switches| switches.stage_rules = switch);
        let stage = scene.stage("Take Home Test");
        scene.greenhouse.set_stage_rule(stage, Some("t1")).unwrap();
        let email = json!([{ "value": "mira@example.org", "type": "personal" }]);
        let body = json!({
            "first_name": "Mira", "last_name": "Okafor", "email_addresses": email,
            "application": { "job_id": scene.job.job_id, "initial_stage_id": stage },
        });
        assert_eq!(scene.harvest.post("/v3/candidates", body).await.status, 201);
        let candidate = scene.greenhouse.seed_candidate("Bo", "B", "bo@example.org");
        let body = json!({ "candidate_id": candidate, "job_id": scene.job.job_id, "initial_stage_id": stage });
        assert_eq!(
            scene.harvest.post("/v3/applications", body).await.status,
            201
        );

        let other = scene.greenhouse.seed_job("Engineer", &["Review"]);
        let candidate = scene.greenhouse.seed_candidate("Cy", "C", "cy@example.org");
        let application = scene
            .greenhouse
            .seed_application(candidate, other.job_id)
            .unwrap();
        let body = json!({ "from_stage_id": other.stages[0].id, "to_job_id": scene.job.job_id, "to_stage_id": stage });
        let path = format!("/v3/applications/{application}/move");
        assert_eq!(scene.harvest.post(&path, body).await.status, 204);
        assert!(scene.greenhouse.settle().await);
        assert_eq!(partner.to("/send").len(), expected, "{switch:?}");
    }
}

#[tokio::test]
async fn a_rule_at_the_first_stage_runs_for_an_applicant_only_on_every_entry() {
    for (switch, expected) in [(StageRules::Moves, 0), (StageRules::Entries, 1)] {
        let (scene, _, partner) = scene_with_partner().await;
        scene
            .greenhouse
            .switch(|switches| switches.stage_rules = switch);
        let first = scene.stage("Application Review");
        scene.greenhouse.set_stage_rule(first, Some("t1")).unwrap();
        scene.new_application();
        let candidate = scene.greenhouse.seed_candidate("Bo", "B", "bo@example.org");
        scene
            .greenhouse
            .apply(candidate, scene.job.job_id)
            .await
            .unwrap();
        assert!(scene.greenhouse.settle().await);
        assert_eq!(partner.to("/send").len(), expected, "{switch:?}");
    }
}
