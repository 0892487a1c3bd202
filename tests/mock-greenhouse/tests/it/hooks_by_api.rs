use http::Method;
use serde_json::{Value, json};

use crate::support::{Receiver, Scene};

fn body(url: &str) -> Value {
    json!({
        "name": "rejections", "endpoint_url": url, "secret_key": "s3cret", "event_action_type": "reject_candidate", "max_attempts": 3,
        "basic_auth_username": "hook", "basic_auth_password": "pa55", "error_recipient_email": "ops@example.com",
    })
}

#[tokio::test]
async fn a_hook_created_by_the_api_is_pinged_and_hides_its_secrets() {
    let scene = Scene::new().await;
    let receiver = Receiver::start(|_| (200, String::new())).await;
    let reply = scene
        .harvest
        .post("/v3/webhooks", body(&receiver.url))
        .await;
    let at = "2026-06-02T12:00:00.118Z";
    let id = reply.json()["id"].clone();
    let row = json!({
        "id": id, "name": "rejections", "endpoint_url": receiver.url, "event_action_type": "reject_candidate", "max_attempts": 3,
        "additional_headers": null, "error_recipient_email": "ops@example.com", "deactivated": false, "last_delivered": null,
        "created_at": at, "updated_at": at,
    });
    assert_eq!((reply.status.as_u16(), reply.json()), (201, row.clone()));
    assert!(scene.greenhouse.settle().await);
    scene
        .greenhouse
        .reject(scene.new_application())
        .await
        .unwrap();
    let actions: Vec<Value> = receiver
        .received()
        .iter()
        .map(|received| received.json()["action"].clone())
        .collect();
    assert_eq!(actions, ["ping", "reject_candidate"]);

    let listed = scene.harvest.get("/v3/webhooks").await.json();
    assert_eq!(listed[0]["client_id"], "mockclient-4000001002");
    assert_eq!(listed[0]["last_delivered"], at);
    for exchange in scene.greenhouse.exchanges() {
        let seen = String::from_utf8_lossy(&exchange.request_body);
        assert!(!seen.contains("s3cret") && !seen.contains("pa55"));
    }
}

#[tokio::test]
async fn a_hook_whose_ping_fails_is_deactivated_until_it_is_activated_again() {
    let scene = Scene::new().await;
    let receiver = Receiver::start(|_| (500, String::new())).await;
    let made = scene
        .harvest
        .post("/v3/webhooks", body(&receiver.url))
        .await;
    assert!(scene.greenhouse.settle().await);
    let rows = scene.harvest.get("/v3/webhooks").await.json();
    assert_eq!(rows[0]["deactivated"], true);
    receiver.answers(|_| (200, String::new()));
    let path = format!("/v3/webhooks/{}", made.json()["id"]);
    let edited = scene.harvest.patch(&path, json!({ "name": "n" })).await;
    assert_eq!(edited.status, 200);
    assert_eq!(edited.json()["deactivated"], true);
    scene
        .harvest
        .patch(&path, json!({ "deactivated": false }))
        .await;
    assert!(scene.greenhouse.settle().await);
    let rows = scene.harvest.get("/v3/webhooks").await.json();
    assert_eq!(
        (&rows[0]["deactivated"], &rows[0]["name"]),
        (&json!(false), &json!("n"))
    );
}

#[tokio::test]
async fn a_hook_is_deleted_with_a_message() {
    let scene = Scene::new().await;
    let receiver = Receiver::start(|_| (200, String::new())).await;
    let made = scene
        .harvest
        .post("/v3/webhooks", body(&receiver.url))
        .await;
    let id = made.json()["id"].clone();
    let path = format!("/v3/webhooks/{id}");
    let message = format!("Webhook {id} deleted successfully");
    let reply = scene.harvest.call(Method::DELETE, &path, None).await;
    assert_eq!(
        (reply.status.as_u16(), reply.json()),
        (200, json!({ "message": message }))
    );
    assert_eq!(scene.harvest.patch(&path, json!({})).await.status, 404);
}

#[tokio::test]
async fn bodies_of_hooks_are_closed_and_typed() {
    let scene = Scene::new().await;
    for (member, value) in [
        ("name", json!(null)),
        ("endpoint_url", json!("here")),
        ("event_action_type", json!("job_opened")),
        ("max_attempts", json!("3")),
        ("max_attempts", json!(-1)),
        ("deactivated", json!("no")),
        ("basic_auth_username", json!("a".repeat(256))),
        ("secret", json!("a")),
    ] {
        let mut body = body("http://127.0.0.1:9");
        body[member] = value;
        let reply = scene.harvest.post("/v3/webhooks", body).await;
        assert_eq!(reply.status, 422, "{member}");
    }
    for member in [
        "name",
        "endpoint_url",
        "secret_key",
        "event_action_type",
        "max_attempts",
    ] {
        let mut body = body("http://127.0.0.1:9");
        body.as_object_mut().unwrap().remove(member);
        let reply = scene.harvest.post("/v3/webhooks", body).await;
        assert_eq!(reply.status, 422, "{member}");
    }
    assert!(scene.greenhouse.hooks().is_empty());
}

#[tokio::test]
async fn further_headers_are_sent_and_override_none_of_greenhouses_own() {
    let scene = Scene::new().await;
    let receiver = Receiver::start(|_| (200, String::new())).await;
    let mut form = body(&receiver.url);
    form["additional_headers"] = json!(
        "X-Tenant: blue\nSignature: mine\nGreenhouse-Event-ID: mine\nContent-Type: text/plain\nUser-Agent: mine\nContent-Length: 1\nAuthorization: mine"
    );
    assert_eq!(scene.harvest.post("/v3/webhooks", form).await.status, 201);
    assert!(scene.greenhouse.settle().await);
    let ping = &receiver.received()[0];
    assert_eq!(ping.json()["action"], "ping");
    assert_eq!(ping.header("x-tenant"), "blue");
    assert_eq!(ping.header("content-type"), "application/json");
    for own in [
        "signature",
        "greenhouse-event-id",
        "user-agent",
        "content-length",
        "authorization",
    ] {
        assert!(!["mine", "1"].contains(&ping.header(own)), "{own}");
    }
}
