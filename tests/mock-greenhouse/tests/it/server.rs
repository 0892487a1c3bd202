use http::Method;
use mock_greenhouse::{Config, MockGreenhouse};

use crate::support::{Caller, Scene};

#[tokio::test]
async fn a_get_by_id_is_404_since_reads_exist_as_lists_only() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let reply = scene
        .harvest
        .get(&format!("/v3/applications/{application}"))
        .await;
    assert_eq!(reply.status, 404);
    assert_eq!(
        reply.json(),
        serde_json::json!({ "message": "Resource not found" })
    );
    assert_eq!(scene.greenhouse.unexpected().len(), 1);
}

#[tokio::test]
async fn an_unexpected_request_is_404_and_recorded_with_the_expected_ones() {
    let scene = Scene::new().await;
    assert!(scene.greenhouse.unexpected().is_empty());
    assert_eq!(scene.harvest.get("/v1/candidates").await.status, 404);
    assert_eq!(
        scene
            .harvest
            .call(Method::DELETE, "/v3/jobs", None)
            .await
            .status,
        404
    );
    let unexpected = scene.greenhouse.unexpected();
    assert_eq!(
        unexpected
            .iter()
            .map(|one| one.path.as_str())
            .collect::<Vec<_>>(),
        ["/v1/candidates", "/v3/jobs"]
    );
    assert_eq!(unexpected[1].expected, "GET /v3/jobs");
}

#[tokio::test]
async fn every_response_has_a_date_and_a_request_id() {
    let scene = Scene::new().await;
    let reply = scene.harvest.get("/v3/jobs").await;
    assert_eq!(reply.header("date"), Some("Tue, 02 Jun 2026 12:00:00 GMT"));
    let id = reply.header("x-request-id").unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_ne!(
        scene.harvest.get("/v3/jobs").await.header("x-request-id"),
        Some(id)
    );
}

#[tokio::test]
async fn ids_exceed_32_bits_and_are_unique_across_tables() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    assert!(application > i64::from(u32::MAX));
    let application = scene.greenhouse.application(application).unwrap();
    assert_ne!(application.stage_id, application.job_interview_stage_id);
}

#[tokio::test]
async fn stopping_frees_the_port() {
    let first = MockGreenhouse::start(Config::default()).await.unwrap();
    let port = first.url().rsplit(':').next().unwrap().parse().unwrap();
    let caller = Caller::stranger(&first);
    assert_eq!(caller.get("/v3/jobs").await.status, 401);
    assert!(
        MockGreenhouse::start(Config::default().with_port(port))
            .await
            .is_err()
    );
    first.stop().await;
    let second = MockGreenhouse::start(Config::default().with_port(port))
        .await
        .unwrap();
    assert_eq!(second.url(), caller.base);
    second.stop().await;
}

#[tokio::test]
async fn the_control_interface_dumps_state_and_serves_files() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    let caller = Caller::stranger(&scene.greenhouse);
    let state = caller.get("/_mock/state").await.json();
    assert_eq!(state["applications"][0]["id"], application);

    let body = serde_json::json!({ "application_id": application, "filename": "a.pdf", "type": "other", "content": "JVBERg==" });
    let url = scene.harvest.post("/v3/attachments", body).await.json()["url"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(&caller.get(&url).await.body[..], b"%PDF");
    assert_eq!(caller.get("/_mock/nothing").await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mock_can_be_driven_from_any_task() {
    let scene = std::sync::Arc::new(Scene::new().await);
    let application = scene.new_application();
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let scene = std::sync::Arc::clone(&scene);
            tokio::spawn(async move {
                let greenhouse = &scene.greenhouse;
                greenhouse.update_application(application).await.unwrap();
                assert!(greenhouse.send_test(application, "t").await.is_err());
                let body =
                    serde_json::json!({ "first_name": "A", "last_name": number.to_string() });
                assert_eq!(scene.harvest.post("/v3/candidates", body).await.status, 201);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(scene.greenhouse.candidates().len(), 9);
}

#[tokio::test]
async fn a_stopped_mock_leaves_no_task_behind() {
    let alive = || {
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
    };
    let before = alive();
    for stopped in [true, false].repeat(10) {
        let scene = Scene::new().await;
        scene
            .greenhouse
            .add_hook("reject_candidate", scene.greenhouse.url(), "s")
            .await
            .unwrap();
        assert_eq!(scene.greenhouse.unexpected().len(), 1);
        if stopped {
            scene.greenhouse.stop().await
        } else {
            drop(scene.greenhouse)
        }
    }
    for _ in 0..100 {
        if alive() > before {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
    assert_eq!(alive(), before);
}

#[tokio::test]
async fn an_unread_unexpected_request_fails_the_test() {
    let scene = Scene::new().await;
    let reply = scene.harvest.call(Method::DELETE, "/v3/jobs", None).await;
    assert_eq!(reply.header("x-mock-expected"), Some("GET /v3/jobs"));
    let failed = tokio::spawn(async move { drop(scene) }).await;
    let panic = failed.unwrap_err().into_panic();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("DELETE /v3/jobs; expected: GET /v3/jobs"));
}

#[tokio::test]
async fn problems_are_unexpected_requests_malformed_responses_and_unused_faults() {
    let scene = Scene::new().await;
    scene.harvest.get("/v3/jobs").await;
    scene.greenhouse.assert_no_problems();
    scene.greenhouse.assert_requests("GET", "/v3/jobs", 1);
    scene.greenhouse.assert_requests("POST", "/token", 1);
    let application = scene.new_application();
    scene.harvest.get(&format!("/v3/jobs/{application}")).await;
    scene.greenhouse.add_fault(mock_greenhouse::Fault::new(
        "GET",
        "/v3/users",
        mock_greenhouse::FaultKind::Refuse,
    ));
    let problems = scene.greenhouse.problems();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("unexpected request GET /v3/jobs/"));
    assert!(problems[1].starts_with("unused fault 1 on GET /v3/users"));
}
