use std::time::Duration;

use http::Method;
use mock_greenhouse::{Fault, FaultKind};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Caller, Reply, Scene};

const CANDIDATES: &str = "/v3/candidates";

fn person() -> Option<Value> {
    Some(json!({ "first_name": "Mira", "last_name": "Okafor" }))
}

async fn create(scene: &Scene) -> Result<Reply, reqwest::Error> {
    scene
        .harvest
        .attempt(Method::POST, CANDIDATES, person())
        .await
}

fn add_fault(scene: &Scene, kind: FaultKind) {
    scene
        .greenhouse
        .add_fault(Fault::new("POST", CANDIDATES, kind));
}

/// Returns the number of candidates. Asserts that every fault has occurred.
fn created(scene: &Scene) -> usize {
    assert!(scene.greenhouse.unused_faults().is_empty());
    scene.greenhouse.candidates().len()
}

#[tokio::test]
async fn a_fault_applies_to_the_nth_the_next_or_every_request_to_its_endpoint() {
    let scene = Scene::new().await;
    let kind = FaultKind::Status {
        status: 503,
        applied: false,
    };
    let fault = || Fault::new("GET", "/v3/jobs", kind);
    let statuses = async |fault: Fault| {
        scene.greenhouse.clear_faults();
        scene.greenhouse.add_fault(fault);
        let mut statuses = Vec::new();
        for _ in 0..4 {
            assert_eq!(scene.harvest.get("/v3/users").await.status, 200);
            statuses.push(scene.harvest.get("/v3/jobs").await.status.as_u16());
        }
        statuses
    };
    assert_eq!(statuses(fault()).await, [503, 200, 200, 200]);
    assert_eq!(statuses(fault().nth(3)).await, [200, 200, 503, 200]);
    assert_eq!(statuses(fault().next(2)).await, [503, 503, 200, 200]);
    assert_eq!(statuses(fault().every()).await, [503, 503, 503, 503]);
    let only = scene.greenhouse.faults().remove(0);
    assert_eq!((only.seen, only.occurrences), (4, 4));
    assert!(scene.greenhouse.remove_fault(only.id));
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 200);
}

#[tokio::test]
async fn a_fault_can_select_requests_by_their_query() {
    let scene = Scene::new().await;
    let kind = FaultKind::Status {
        status: 503,
        applied: false,
    };
    let of_mira = Fault::new("GET", CANDIDATES, kind).query("email=mira+a@example.org");
    scene.greenhouse.add_fault(of_mira);
    for (query, status) in [
        ("", 200),
        ("?email=omar%40example.org", 200),
        ("?email=mira+a@example.org", 200),
        ("?email=mira%2Ba%40example.org", 503),
        ("?email=mira%2Ba%40example.org", 200),
    ] {
        let reply = scene.harvest.get(&format!("{CANDIDATES}{query}")).await;
        assert_eq!(reply.status, status, "{query}");
    }
    let only = scene.greenhouse.faults().remove(0);
    assert_eq!((only.seen, only.occurrences), (2, 1));
}

#[tokio::test]
async fn faults_for_the_next_request_occur_one_after_another() {
    let scene = Scene::new().await;
    for status in [500, 502] {
        let applied = false;
        add_fault(&scene, FaultKind::Status { status, applied });
    }
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(create(&scene).await.unwrap().status.as_u16());
    }
    assert_eq!(statuses, [500, 502, 201]);
}

#[tokio::test]
async fn a_fault_matches_by_the_template_of_a_path() {
    let scene = Scene::new().await;
    let (one, other) = (scene.new_application(), scene.new_application());
    let kind = FaultKind::Status {
        status: 500,
        applied: true,
    };
    scene
        .greenhouse
        .add_fault(Fault::new("POST", "/v3/applications/{id}/unreject", kind));
    let mut statuses = Vec::new();
    for application in [one, other] {
        scene.greenhouse.reject(application).await.unwrap();
        let path = format!("/v3/applications/{application}/unreject");
        statuses.push(scene.harvest.post(&path, json!({})).await.status.as_u16());
    }
    assert_eq!(statuses, [500, 204]);
    let states: Vec<_> = [one, other]
        .map(|id| scene.greenhouse.application(id).unwrap().status.as_filter())
        .into();
    assert_eq!(states, ["active", "active"]);
}

#[tokio::test]
async fn a_refused_request_is_reset_and_not_applied() {
    let scene = Scene::new().await;
    add_fault(&scene, FaultKind::Refuse);
    assert!(!create(&scene).await.err().unwrap().is_timeout());
    assert_eq!(created(&scene), 0);
    assert_eq!(create(&scene).await.unwrap().status, 201);
}

#[tokio::test]
async fn a_cut_is_a_reset_of_the_tcp_connection_before_or_after_applying() {
    for applied in [false, true] {
        let scene = Scene::new().await;
        add_fault(&scene, FaultKind::Cut { applied });
        let address = scene.greenhouse.url().trim_start_matches("http://");
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let body = person().unwrap().to_string();
        let request = format!(
            "POST {CANDIDATES} HTTP/1.1\r\nhost: mock\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            scene.harvest.token.as_deref().unwrap(),
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let error = stream.read(&mut [0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        assert_eq!(created(&scene), usize::from(applied));
        assert_eq!(scene.greenhouse.exchanges().last().unwrap().status, None);
    }
}

#[tokio::test]
async fn a_stalled_request_is_applied_before_the_caller_gives_up() {
    let scene = Scene::new().await;
    add_fault(&scene, FaultKind::StallApplied);
    assert!(create(&scene).await.err().unwrap().is_timeout());
    assert_eq!(created(&scene), 1);
}

#[tokio::test]
async fn a_stalled_request_is_applied_a_set_time_after_the_caller_gave_up() {
    let scene = Scene::new().await;
    add_fault(&scene, FaultKind::StallThenApply { seconds: 10 });
    assert!(create(&scene).await.err().unwrap().is_timeout());
    while scene.greenhouse.stalled_requests() > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    scene.greenhouse.clock().advance(Duration::from_secs(9));
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(scene.greenhouse.candidates().is_empty());
    scene.greenhouse.clock().advance(Duration::from_secs(1));
    while scene.greenhouse.candidates().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(created(&scene), 1);
}

#[tokio::test]
async fn a_stalled_request_does_not_keep_the_mock_from_stopping() {
    let scene = Scene::new().await;
    add_fault(&scene, FaultKind::StallThenApply { seconds: 10 });
    let stalled = tokio::spawn({
        let caller = Caller::authenticated(&scene.greenhouse, None).await;
        async move {
            let call = caller.attempt(Method::POST, CANDIDATES, person());
            call.await.err().unwrap().is_timeout()
        }
    });
    while scene.greenhouse.stalled_requests() == 0 {
        tokio::task::yield_now().await;
    }
    tokio::time::timeout(Duration::from_secs(2), scene.greenhouse.stop())
        .await
        .unwrap();
    assert!(!stalled.await.unwrap());
}

#[tokio::test]
async fn a_4xx_or_5xx_comes_before_or_after_applying() {
    for (status, applied) in [
        (500, false),
        (502, true),
        (503, true),
        (503, false),
        (400, false),
        (404, true),
        (408, true),
        (408, false),
        (425, false),
        (499, true),
    ] {
        let scene = Scene::new().await;
        add_fault(&scene, FaultKind::Status { status, applied });
        assert_eq!(create(&scene).await.unwrap().status, status);
        assert_eq!(created(&scene), usize::from(applied));
    }
}

#[tokio::test]
async fn a_misspelt_fault_is_refused() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let plan = |method: &str, path: &str, when: Value| json!({ "method": method, "path": path, "when": when, "kind": "refuse" });
    let next = || json!({ "next": 1 });
    for wrong in [
        plan("post", CANDIDATES, next()),
        plan("PULL", CANDIDATES, next()),
        plan("POST", "/v3/candidate", next()),
        plan("POST", "/v3/candidates/", next()),
        plan("POST", "/candidates", next()),
        plan("DELETE", CANDIDATES, next()),
        plan("GET", "/v3/candidates/{id}", next()),
        plan("*", "/v3/candidates/*", next()),
        plan("GET", "/token", next()),
        plan("POST", CANDIDATES, json!({ "nth": 0 })),
        plan("POST", CANDIDATES, json!({ "next": 0 })),
        plan("POST", CANDIDATES, json!({ "first": 1 })),
        json!({ "method": "GET", "path": CANDIDATES, "kind": { "lag": { "second": 5 } } }),
        json!({ "method": "GET", "path": CANDIDATES, "kind": { "status": { "status": 399, "applied": false } } }),
        json!({ "method": "GET", "path": CANDIDATES, "kind": { "status": { "status": 600, "applied": false } } }),
    ] {
        let reply = caller.post("/_mock/faults", wrong.clone()).await;
        assert_eq!(reply.status, 422, "{wrong}");
    }
    for right in [
        plan("*", "*", next()),
        plan("PATCH", "/v3/candidates/{id}/anonymize", next()),
        plan("POST", "/v3/applications/{application}/move", next()),
        plan("POST", "/v3/applications/7/move", next()),
        plan("POST", "/v3/scorecards", next()),
        plan("GET", "/v3/offers", next()),
        plan("*", "/v3/offers/{id}", next()),
        plan("POST", "/token", next()),
        plan(
            "PATCH",
            "/integrations/testing_partners/take_home_tests/{id}",
            next(),
        ),
    ] {
        let reply = caller.post("/_mock/faults", right.clone()).await;
        assert_eq!(reply.status, 201, "{right}");
    }
}

#[tokio::test]
#[should_panic(expected = "no endpoint POST /v3/candidate")]
async fn a_misspelt_fault_fails_the_test_that_adds_it() {
    let scene = Scene::new().await;
    let fault = Fault::new("POST", "/v3/candidate", FaultKind::Refuse);
    scene.greenhouse.add_fault(fault);
}

#[tokio::test]
async fn a_429_says_when_the_window_ends_and_applies_nothing() {
    let scene = Scene::new().await;
    let kind = |retry_after_seconds| FaultKind::TooManyRequests {
        retry_after_seconds,
    };
    add_fault(&scene, kind(None));
    let refused = create(&scene).await.unwrap();
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("30"));
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    add_fault(&scene, kind(Some(7)));
    assert_eq!(
        create(&scene).await.unwrap().header("retry-after"),
        Some("7")
    );
    assert_eq!(created(&scene), 0);
}

#[tokio::test]
async fn an_expired_token_is_401_for_good_and_a_new_one_is_accepted() {
    let scene = Scene::new().await;
    add_fault(&scene, FaultKind::ExpiredToken);
    assert_eq!(create(&scene).await.unwrap().status, 401);
    assert_eq!(create(&scene).await.unwrap().status, 401);
    assert_eq!(created(&scene), 0);
    let renewed = Caller::authenticated(&scene.greenhouse, None).await;
    let reply = renewed.post(CANDIDATES, person().unwrap()).await;
    assert_eq!(reply.status, 201);
}

#[tokio::test]
async fn a_truncated_body_is_shorter_than_announced() {
    let scene = Scene::new().await;
    add_fault(&scene, FaultKind::TruncatedBody);
    let address = scene.greenhouse.url().trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let body = person().unwrap().to_string();
    let request = format!(
        "POST {CANDIDATES} HTTP/1.1\r\nhost: mock\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        scene.harvest.token.as_deref().unwrap(),
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut got = String::new();
    let _ = stream.read_to_string(&mut got).await;
    let (head, body) = got.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 201"));
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.unwrap().parse().unwrap();
    assert!(body.starts_with("{\"candidate\"") && body.len() == length / 2);
    assert_eq!(created(&scene), 1);

    add_fault(&scene, FaultKind::TruncatedBody);
    let error = create(&scene).await.err().unwrap();
    assert!(!error.is_timeout() && !error.is_connect());
    assert_eq!(created(&scene), 2);
}

#[tokio::test]
async fn a_response_has_the_wrong_content_type_or_malformed_json() {
    let scene = Scene::new().await;
    add_fault(&scene, FaultKind::WrongContentType);
    let html = create(&scene).await.unwrap();
    assert_eq!(
        html.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(html.json().is_object());
    add_fault(&scene, FaultKind::MalformedJson);
    let malformed = create(&scene).await.unwrap();
    assert_eq!(malformed.status, 201);
    assert!(serde_json::from_slice::<Value>(&malformed.body).is_err());
    assert_eq!(created(&scene), 2);
}

#[tokio::test]
async fn the_token_endpoint_has_faults_too() {
    let scene = Scene::new().await;
    let kind = FaultKind::Status {
        status: 502,
        applied: false,
    };
    scene
        .greenhouse
        .add_fault(Fault::new("POST", "/token", kind).next(1));
    let grant = "grant_type=client_credentials";
    let first = scene.harvest.token_form(&scene.greenhouse, grant).await;
    let second = scene.harvest.token_form(&scene.greenhouse, grant).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (502, 200));
}

#[tokio::test]
async fn connections_are_refused_and_accepted_again_on_the_same_port() {
    let scene = Scene::new().await;
    scene.greenhouse.refuse_connections().await;
    let refused = Caller::stranger(&scene.greenhouse)
        .attempt(Method::GET, "/v3/jobs", None)
        .await;
    assert!(refused.err().unwrap().is_connect());
    scene.greenhouse.accept_connections().await;
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 200);
    scene.greenhouse.refuse_connections().await;
    scene.greenhouse.stop().await;
}
