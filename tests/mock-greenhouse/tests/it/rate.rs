use std::time::Duration;

use serde_json::json;

use crate::support::{Scene, config, noon};

#[tokio::test]
async fn the_headers_count_the_present_call_and_reset_is_now_plus_30_seconds() {
    let scene = Scene::new().await;
    let reply = scene.harvest.get("/v3/jobs").await;
    assert_eq!(reply.header("x-ratelimit-limit"), Some("150"));
    assert_eq!(reply.header("x-ratelimit-remaining"), Some("149"));
    assert_eq!(
        reply.header("x-ratelimit-reset"),
        Some((noon().timestamp() + 30).to_string().as_str())
    );
}

#[tokio::test]
async fn over_the_limit_is_429_until_the_window_on_the_clock_ends() {
    let scene = Scene::with(config().with_rate_limit(2)).await;
    scene.greenhouse.clock().advance(Duration::from_secs(20));
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 200);
    assert_eq!(
        scene
            .harvest
            .post("/v3/candidates", json!({ "first_name": "A" }))
            .await
            .status,
        422
    );
    let refused = scene.harvest.get("/v3/jobs").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("10"));
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    scene.greenhouse.clock().advance(Duration::from_secs(10));
    assert_eq!(
        scene
            .harvest
            .get("/v3/jobs")
            .await
            .header("x-ratelimit-remaining"),
        Some("1")
    );
}

#[tokio::test]
async fn the_token_host_has_its_own_limit() {
    let scene = Scene::with(config().with_rate_limit(1)).await;
    assert_eq!(scene.harvest.get("/v3/jobs").await.status, 200);
    let mut last = None;
    for _ in 0..60 {
        last = Some(
            scene
                .harvest
                .token_form(&scene.greenhouse, "grant_type=client_credentials")
                .await,
        );
    }
    let last = last.unwrap();
    assert_eq!(
        (last.status.as_u16(), last.header("x-ratelimit-limit")),
        (429, Some("60"))
    );
    assert_eq!(last.header("retry-after"), Some("60"));
}
