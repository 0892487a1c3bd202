use std::time::Duration;

use http::Method;
use mock_greenhouse::{Direction, Fault, FaultKind};
use serde_json::json;

use crate::support::{Receiver, Scene};

#[tokio::test]
async fn exchanges_are_kept_in_order_in_both_directions() {
    let scene = Scene::new().await;
    let hooks = Receiver::start(|_| (200, String::new())).await;
    let before = scene.greenhouse.exchanges().last().unwrap().number;
    scene
        .greenhouse
        .add_hook("reject_candidate", &format!("{}/hook", hooks.url), "secret")
        .await
        .unwrap();
    scene.harvest.get("/v3/jobs?per_page=1").await;
    let seen = scene.greenhouse.exchanges_since(before);
    assert_eq!(seen.len(), 2);
    assert_eq!(
        (seen[0].direction, seen[0].url.as_str()),
        (Direction::Outbound, format!("{}/hook", hooks.url).as_str())
    );
    assert_eq!(
        (seen[1].direction, seen[1].url.as_str()),
        (Direction::Inbound, "/v3/jobs?per_page=1")
    );
    assert_eq!((seen[0].status, seen[1].status), (Some(200), Some(200)));
    assert!(seen[0].request_body.starts_with(b"{\"organization_id\":"));
    assert!(seen[1].response_body.starts_with(b"[{\"id\":"));
}

#[tokio::test]
async fn the_log_keeps_only_the_scheme_of_authorization_and_no_tokens() {
    let scene = Scene::new().await;
    scene.harvest.get("/v3/jobs").await;
    let token = scene.harvest.token.clone().unwrap();
    let form = format!("token={token}");
    let credential = scene.greenhouse.credential();
    scene
        .harvest
        .form(
            "/introspect",
            &credential.client_id,
            &credential.client_secret,
            &form,
        )
        .await;
    for exchange in scene.greenhouse.exchanges() {
        let header = exchange
            .request_headers
            .iter()
            .find(|(name, _)| name == "authorization")
            .unwrap();
        assert!(["Basic", "Bearer"].contains(&header.1.as_str()));
        for body in [&exchange.request_body, &exchange.response_body] {
            assert!(!String::from_utf8_lossy(body).contains(&token));
        }
    }
    assert!(!format!("{:?}", scene.greenhouse.exchanges()).contains("expires_at"));
}

#[tokio::test]
async fn long_bodies_are_kept_up_to_64_kib() {
    let scene = Scene::new().await;
    let body = json!({ "candidate_id": 7, "note_type": "NOTE", "visibility": "public", "body": "x".repeat(100_000) });
    assert_eq!(scene.harvest.post("/v3/notes", body).await.status, 201);
    assert_eq!(
        scene
            .greenhouse
            .exchanges()
            .last()
            .unwrap()
            .request_body
            .len(),
        64 * 1024
    );
}

#[tokio::test]
async fn an_exchange_ends_when_it_is_answered_cut_or_abandoned() {
    let scene = Scene::new().await;
    scene.harvest.get("/v3/jobs").await;
    let before = scene.greenhouse.exchanges().last().unwrap().number;
    let ended = || {
        let exchange = scene.greenhouse.exchanges_since(before).pop();
        exchange.and_then(|exchange| exchange.ended_at)
    };
    for (kind, status) in [
        (
            FaultKind::TooManyRequests {
                retry_after_seconds: None,
            },
            Some(429),
        ),
        (FaultKind::Cut { applied: false }, None),
        (FaultKind::StallApplied, None),
    ] {
        scene
            .greenhouse
            .add_fault(Fault::new("GET", "/v3/jobs", kind));
        let begun = scene.greenhouse.clock().now();
        let call = scene.harvest.attempt(Method::GET, "/v3/jobs", None);
        let watch = async {
            if kind != FaultKind::StallApplied {
                return;
            }
            while scene.greenhouse.stalled_requests() == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            assert_eq!(ended(), None);
            scene.greenhouse.clock().advance(Duration::from_secs(7));
        };
        let (answer, ()) = tokio::join!(call, watch);
        assert_eq!(answer.ok().map(|answer| answer.status.as_u16()), status);
        while ended().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let last = scene.greenhouse.exchanges().pop().unwrap();
        assert_eq!((last.at, last.status), (begun, status));
        assert_eq!(last.ended_at, Some(scene.greenhouse.clock().now()));
    }
}
