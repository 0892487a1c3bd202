use std::time::Duration;

use chrono::TimeDelta;
use mock_greenhouse::{Delivery, HookForm, RetryEventId};

use crate::support::{Receiver, Scene, noon, scene_with_hooks};

const MINUTE: u64 = 60;

async fn failed() -> (Scene, Receiver, Delivery) {
    let (scene, receiver) = scene_with_hooks(&["reject_candidate"]).await;
    receiver.answers(|_| (503, String::new()));
    let delivery = scene
        .greenhouse
        .reject(scene.new_application())
        .await
        .unwrap()
        .remove(0);
    (scene, receiver, delivery)
}

fn minutes(scene: &Scene, minutes: u64) {
    scene
        .greenhouse
        .clock()
        .advance(Duration::from_secs(minutes * MINUTE));
}

#[tokio::test]
async fn a_failed_delivery_is_attempted_7_times_with_the_documented_waits() {
    let (scene, receiver, delivery) = failed().await;
    let mut attempts = 1;
    for wait in [1, 15, 60, 120, 240, 480] {
        scene
            .greenhouse
            .clock()
            .advance(Duration::from_secs(wait * MINUTE - 1));
        assert!(scene.greenhouse.deliver_due().await.is_empty(), "{wait}");
        scene.greenhouse.clock().advance(Duration::from_secs(1));
        attempts += 1;
        let latest = scene.greenhouse.deliver_due().await.remove(0);
        assert_eq!(latest.attempts.len(), attempts, "{wait}");
        assert_eq!(
            (latest.number, &latest.body),
            (delivery.number, &delivery.body)
        );
    }
    minutes(&scene, 100_000);
    assert!(scene.greenhouse.deliver_due().await.is_empty(), "given up");
    let last = scene.greenhouse.deliveries().pop().unwrap();
    let took = last.attempts[6].at - last.attempts[0].at;
    assert_eq!(took, TimeDelta::minutes(15 * 60 + 16));
    assert_eq!((last.next_attempt_at, last.is_delivered()), (None, false));
    assert_eq!(receiver.to("/reject_candidate").len(), 1 + 7);
}

#[tokio::test]
async fn a_jump_of_the_clock_makes_all_due_attempts() {
    let (scene, receiver, _) = failed().await;
    minutes(&scene, 80);
    assert_eq!(scene.greenhouse.deliver_due().await[0].attempts.len(), 4);
    assert_eq!(receiver.to("/reject_candidate").len(), 1 + 4);
    let next = scene.greenhouse.deliveries()[1].next_attempt_at;
    assert_eq!(next, Some(noon() + TimeDelta::minutes(1 + 15 + 60 + 120)));
}

#[tokio::test]
async fn a_successful_delivery_is_not_retried() {
    let (scene, receiver, first) = failed().await;
    receiver.answers(|_| (200, String::new()));
    minutes(&scene, 1);
    let latest = scene.greenhouse.deliver_due().await.remove(0);
    assert!(latest.is_delivered() && latest.next_attempt_at.is_none());
    assert_eq!(latest.event_id, first.event_id, "the same by default");
    minutes(&scene, 10_000);
    assert!(scene.greenhouse.deliver_due().await.is_empty());
    assert_eq!(
        scene.greenhouse.hooks()[0].last_delivered,
        Some(latest.attempts[1].at)
    );
}

#[tokio::test]
async fn a_retry_has_a_new_event_id_if_the_switch_requires_it() {
    let (scene, receiver, first) = failed().await;
    scene
        .greenhouse
        .switch(|switches| switches.retry_event_id = RetryEventId::New);
    minutes(&scene, 1);
    let latest = scene.greenhouse.deliver_due().await.remove(0);
    assert_eq!(latest.attempts[0].event_id, first.event_id);
    assert_ne!(latest.attempts[1].event_id, first.event_id);
    let received = receiver.to("/reject_candidate").pop().unwrap();
    assert_eq!(
        received.header("greenhouse-event-id"),
        latest.attempts[1].event_id
    );
    assert_eq!(received.body, first.body);
}

#[tokio::test]
async fn a_hook_has_its_own_number_of_attempts() {
    let scene = Scene::new().await;
    let receiver = Receiver::start(|_| (200, String::new())).await;
    let form = HookForm::new("reject_candidate", &receiver.url, "s").with_max_attempts(2);
    scene.greenhouse.add_hook_with(form.clone()).await.unwrap();
    receiver.answers(|_| (500, String::new()));
    scene
        .greenhouse
        .reject(scene.new_application())
        .await
        .unwrap();
    minutes(&scene, 10_000);
    assert_eq!(scene.greenhouse.deliver_due().await[0].attempts.len(), 2);
    let none = form.with_max_attempts(0);
    assert!(scene.greenhouse.add_hook_with(none).await.is_err());
}

#[tokio::test]
async fn due_attempts_are_made_automatically_while_the_clock_runs() {
    let (scene, receiver, _) = failed().await;
    receiver.answers(|_| (200, String::new()));
    scene.greenhouse.clock().release();
    minutes(&scene, 1);
    for _ in 0..100 {
        if receiver.to("/reject_candidate").len() == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(receiver.to("/reject_candidate").len(), 3);
}

#[tokio::test]
async fn an_edited_hook_is_pinged_and_a_failed_ping_disables_it_until_it_is_enabled_again() {
    let (scene, receiver) = scene_with_hooks(&["reject_candidate"]).await;
    let hook = scene.greenhouse.hooks()[0].id;
    let url = format!("{}/new", receiver.url);
    let edit = HookForm::default().with_url(&url).with_secret("new");
    let edited = scene
        .greenhouse
        .change_hook(hook, edit.clone())
        .await
        .unwrap();
    assert_eq!((edited.active, edited.url), (true, url));
    assert_eq!(receiver.to("/new")[0].json()["action"], "ping");

    receiver.answers(|_| (500, String::new()));
    let edited = scene
        .greenhouse
        .change_hook(hook, edit.clone())
        .await
        .unwrap();
    assert!(!edited.active);
    let deliveries = scene
        .greenhouse
        .reject(scene.new_application())
        .await
        .unwrap();
    assert!(deliveries.is_empty(), "a disabled hook sends nothing");
    minutes(&scene, 10_000);
    assert!(
        scene.greenhouse.deliver_due().await.is_empty(),
        "a ping is not repeated"
    );

    receiver.answers(|_| (200, String::new()));
    let edited = scene.greenhouse.change_hook(hook, edit).await.unwrap();
    assert!(!edited.active, "a successful ping does not enable the hook");
    assert!(scene.greenhouse.enable_hook(hook).await.unwrap().active);
}

#[tokio::test]
async fn a_disabled_or_deleted_hook_gives_up_its_deliveries() {
    let (scene, receiver, _) = failed().await;
    let hook = scene.greenhouse.hooks()[0].id;
    let off = HookForm::default().with_active(false);
    scene.greenhouse.change_hook(hook, off).await.unwrap();
    let before = receiver.received().len();
    minutes(&scene, 10_000);
    assert!(scene.greenhouse.deliver_due().await.is_empty());
    scene.greenhouse.delete_hook(hook).unwrap();
    assert!(scene.greenhouse.deliver_due().await.is_empty());
    assert_eq!(receiver.received().len(), before);
    assert!(scene.greenhouse.delete_hook(hook).is_err());
}

#[tokio::test]
async fn basic_credentials_of_a_hook_are_sent() {
    let scene = Scene::new().await;
    let receiver = Receiver::start(|_| (200, String::new())).await;
    let form = HookForm::new("hire_candidate", &receiver.url, "s").with_basic_auth("Aladdin", "x");
    scene.greenhouse.add_hook_with(form).await.unwrap();
    let sent = receiver.received()[0].header("authorization").to_owned();
    assert_eq!(sent, "Basic QWxhZGRpbjp4");
}
