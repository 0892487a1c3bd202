use std::time::Duration;

use crate::support::hooked;

#[tokio::test]
async fn a_held_delivery_is_sent_by_nobody_and_can_be_sent_as_it_would_be() {
    let (set, receiver) = hooked(&["reject_candidate"]).await;
    let application = set.applied();
    set.greenhouse.hold_deliveries(true);
    let held = set.greenhouse.reject(application).await.unwrap().remove(0);
    assert_eq!((held.attempts.len(), held.next_attempt_at), (0, None));
    let long = Duration::from_secs(1_000_000);
    set.greenhouse.clock().advance(long);
    assert!(set.greenhouse.deliver_due().await.is_empty());
    assert_eq!(receiver.to("/reject_candidate").len(), 1, "the ping alone");

    let request = set.greenhouse.delivery_request(&held).unwrap();
    assert_eq!(request.uri().to_string(), held.url);
    set.greenhouse.redeliver(&held).await.unwrap();
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
async fn hooks_are_pinged_meanwhile_and_later_deliveries_sent() {
    let (set, receiver) = hooked(&["reject_candidate"]).await;
    set.greenhouse.hold_deliveries(true);
    let url = format!("{}/hires", receiver.url);
    let hook = set.greenhouse.add_hook("hire_candidate", &url, "s3cret");
    assert!(hook.await.unwrap().active);
    set.greenhouse.hold_deliveries(false);
    let told = set.greenhouse.reject(set.applied()).await.unwrap();
    assert!(told[0].is_delivered());
}
