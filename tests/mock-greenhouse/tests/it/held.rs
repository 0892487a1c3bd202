use std::time::Duration;

use crate::support::scene_with_hooks;

#[tokio::test]
async fn a_held_delivery_is_not_sent_and_its_request_can_be_read() {
    let (scene, receiver) = scene_with_hooks(&["reject_candidate"]).await;
    let application = scene.new_application();
    scene.greenhouse.hold_deliveries(true);
    let held = scene
        .greenhouse
        .reject(application)
        .await
        .unwrap()
        .remove(0);
    assert_eq!((held.attempts.len(), held.next_attempt_at), (0, None));
    let long = Duration::from_secs(1_000_000);
    scene.greenhouse.clock().advance(long);
    assert!(scene.greenhouse.deliver_due().await.is_empty());
    assert_eq!(receiver.to("/reject_candidate").len(), 1, "only the ping");

    let request = scene.greenhouse.delivery_request(&held).unwrap();
    assert_eq!(request.uri().to_string(), held.url);
    scene.greenhouse.redeliver(&held).await.unwrap();
    let sent = receiver.to("/reject_candidate").pop().unwrap();
    assert_eq!(
        (&sent.method, &sent.body),
        (request.method(), request.body())
    );
    for (name, value) in request.headers() {
        assert_eq!(sent.headers.get(name), Some(value), "{name}");
    }
    assert!(request.headers().contains_key("signature"));
}

#[tokio::test]
async fn hooks_are_pinged_while_held_and_later_deliveries_are_sent() {
    let (scene, receiver) = scene_with_hooks(&["reject_candidate"]).await;
    scene.greenhouse.hold_deliveries(true);
    let url = format!("{}/hires", receiver.url);
    let hook = scene.greenhouse.add_hook("hire_candidate", &url, "s3cret");
    assert!(hook.await.unwrap().active);
    scene.greenhouse.hold_deliveries(false);
    let deliveries = scene
        .greenhouse
        .reject(scene.new_application())
        .await
        .unwrap();
    assert!(deliveries[0].is_delivered());
}
