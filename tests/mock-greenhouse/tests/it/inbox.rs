use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Receiver, Set};

async fn told(set: &Set) -> Value {
    set.harvest.get("/_mock/inbox").await.json()
}

async fn hook(set: &Set, path: &str, attempts: u32) {
    let url = format!("{}{path}", set.greenhouse.url());
    let hook = json!({ "action": "reject_candidate", "url": url, "secret": "s", "max_attempts": attempts });
    let reply = set.harvest.post("/_mock/hooks", hook).await;
    assert_eq!(reply.status, 201);
    assert!(set.greenhouse.settle().await);
}

#[tokio::test]
async fn the_inbox_shows_the_webhooks_that_were_sent_to_it() {
    let set = Set::new().await;
    hook(&set, "/_mock/inbox", 7).await;
    set.greenhouse.reject(set.applied()).await.unwrap();
    let letters = told(&set).await;
    assert_eq!(letters[0]["json"]["action"], "ping");
    assert_eq!(letters[1]["json"]["action"], "reject_candidate");
    let text = letters[1]["text"].as_str().unwrap();
    assert_eq!(
        text.as_bytes(),
        set.greenhouse.deliveries()[1].body.as_ref()
    );
    let emptied = set
        .harvest
        .call(http::Method::DELETE, "/_mock/inbox", None)
        .await;
    assert_eq!(emptied.status, 204);
    assert_eq!(told(&set).await, json!([]));
}

#[tokio::test]
async fn the_inbox_refuses_all_but_pings_with_the_status_in_its_path() {
    let set = Set::new().await;
    hook(&set, "/_mock/inbox/503", 2).await;
    assert!(set.greenhouse.hooks()[0].active);
    let delivery = set
        .greenhouse
        .reject(set.applied())
        .await
        .unwrap()
        .remove(0);
    assert_eq!(delivery.attempts[0].status, Some(503));
    set.greenhouse.clock().advance(Duration::from_secs(60));
    assert_eq!(set.greenhouse.deliver_due().await[0].attempts.len(), 2);
    assert_eq!(told(&set).await.as_array().unwrap().len(), 3);
    let reply = set.harvest.post("/_mock/inbox/never", json!({})).await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn what_is_due_can_be_asked_for() {
    let set = Set::new().await;
    let receiver = Receiver::start(|_| (200, String::new())).await;
    let url = format!("{}/hook", receiver.url);
    set.greenhouse
        .add_hook("reject_candidate", &url, "s")
        .await
        .unwrap();
    receiver.answers(|_| (500, String::new()));
    set.greenhouse.reject(set.applied()).await.unwrap();
    set.greenhouse.clock().advance(Duration::from_secs(60));
    let reply = set.harvest.post("/_mock/due", json!({})).await;
    assert_eq!(reply.status, 202);
    assert!(set.greenhouse.settle().await);
    assert_eq!(receiver.to("/hook").len(), 3);
}

#[tokio::test]
async fn a_hook_that_no_action_serves_is_refused() {
    let set = Set::new().await;
    for body in [
        json!({}),
        json!({ "action": "x", "url": "http://127.0.0.1:9/", "secret": "s" }),
        json!({ "action": "reject_candidate", "url": "u", "secret": "s", "max_attempts": 0 }),
    ] {
        assert_eq!(set.harvest.post("/_mock/hooks", body).await.status, 422);
    }
}
