use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Receiver, Scene};

async fn inbox(scene: &Scene) -> Value {
    scene.harvest.get("/_mock/inbox").await.json()
}

async fn hook(scene: &Scene, path: &str, attempts: u32) {
    let url = format!("{}{path}", scene.greenhouse.url());
    let hook = json!({ "action": "reject_candidate", "url": url, "secret": "s", "max_attempts": attempts });
    let reply = scene.harvest.post("/_mock/hooks", hook).await;
    assert_eq!(reply.status, 201);
    assert!(scene.greenhouse.settle().await);
}

#[tokio::test]
async fn the_inbox_shows_the_webhooks_that_were_sent_to_it() {
    let scene = Scene::new().await;
    hook(&scene, "/_mock/inbox", 7).await;
    scene
        .greenhouse
        .reject(scene.new_application())
        .await
        .unwrap();
    let entries = inbox(&scene).await;
    assert_eq!(entries[0]["json"]["action"], "ping");
    assert_eq!(entries[1]["json"]["action"], "reject_candidate");
    let text = entries[1]["text"].as_str().unwrap();
    assert_eq!(
        text.as_bytes(),
        scene.greenhouse.deliveries()[1].body.as_ref()
    );
    let emptied = scene
        .harvest
        .call(http::Method::DELETE, "/_mock/inbox", None)
        .await;
    assert_eq!(emptied.status, 204);
    assert_eq!(inbox(&scene).await, json!([]));
}

#[tokio::test]
async fn the_inbox_returns_the_status_in_its_path_except_for_pings() {
    let scene = Scene::new().await;
    hook(&scene, "/_mock/inbox/503", 2).await;
    assert!(scene.greenhouse.hooks()[0].active);
    let delivery = scene
        .greenhouse
        .reject(scene.new_application())
        .await
        .unwrap()
        .remove(0);
    assert_eq!(delivery.attempts[0].status, Some(503));
    scene.greenhouse.clock().advance(Duration::from_secs(60));
    assert_eq!(scene.greenhouse.deliver_due().await[0].attempts.len(), 2);
    assert_eq!(inbox(&scene).await.as_array().unwrap().len(), 3);
    let reply = scene.harvest.post("/_mock/inbox/never", json!({})).await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn due_work_can_be_done_over_http() {
    let scene = Scene::new().await;
    let receiver = Receiver::start(|_| (200, String::new())).await;
    let url = format!("{}/hook", receiver.url);
    scene
        .greenhouse
        .add_hook("reject_candidate", &url, "s")
        .await
        .unwrap();
    receiver.answers(|_| (500, String::new()));
    scene
        .greenhouse
        .reject(scene.new_application())
        .await
        .unwrap();
    scene.greenhouse.clock().advance(Duration::from_secs(60));
    let reply = scene.harvest.post("/_mock/due", json!({})).await;
    assert_eq!(reply.status, 202);
    assert!(scene.greenhouse.settle().await);
    assert_eq!(receiver.to("/hook").len(), 3);
}

#[tokio::test]
async fn a_hook_with_an_unknown_action_is_refused() {
    let scene = Scene::new().await;
    for body in [
        json!({}),
        json!({ "action": "x", "url": "http://127.0.0.1:9/", "secret": "s" }),
        json!({ "action": "reject_candidate", "url": "u", "secret": "s", "max_attempts": 0 }),
    ] {
        assert_eq!(scene.harvest.post("/_mock/hooks", body).await.status, 422);
    }
}
