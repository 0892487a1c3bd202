use std::time::Duration;

use chrono::TimeDelta;
use mock_greenhouse::{Delivery, HookForm, RetryEventId};

use crate::support::{Receiver, Set, hooked, noon};

const MINUTE: u64 = 60;

async fn failed() -> (Set, Receiver, Delivery) {
    let (set, receiver) = hooked(&["reject_candidate"]).await;
    receiver.answers(|_| (503, String::new()));
    let delivery = set
        .greenhouse
        .reject(set.applied())
        .await
        .unwrap()
        .remove(0);
    (set, receiver, delivery)
}

fn minutes(set: &Set, minutes: u64) {
    set.greenhouse
        .clock()
        .advance(Duration::from_secs(minutes * MINUTE));
}

#[tokio::test]
async fn a_failed_delivery_is_tried_7_times_with_the_documented_waits() {
    let (set, receiver, delivery) = failed().await;
    let mut attempts = 1;
    for wait in [1, 15, 60, 120, 240, 480] {
        set.greenhouse
            .clock()
            .advance(Duration::from_secs(wait * MINUTE - 1));
        assert!(set.greenhouse.deliver_due().await.is_empty(), "{wait}");
        set.greenhouse.clock().advance(Duration::from_secs(1));
        attempts += 1;
        let tried = set.greenhouse.deliver_due().await.remove(0);
        assert_eq!(tried.attempts.len(), attempts, "{wait}");
        assert_eq!(
            (tried.number, &tried.body),
            (delivery.number, &delivery.body)
        );
    }
    minutes(&set, 100_000);
    assert!(set.greenhouse.deliver_due().await.is_empty(), "given up");
    let last = set.greenhouse.deliveries().pop().unwrap();
    let took = last.attempts[6].at - last.attempts[0].at;
    assert_eq!(took, TimeDelta::minutes(15 * 60 + 16));
    assert_eq!((last.next_attempt_at, last.is_delivered()), (None, false));
    assert_eq!(receiver.to("/reject_candidate").len(), 1 + 7);
}

#[tokio::test]
async fn a_leap_of_the_clock_makes_all_attempts_that_are_due() {
    let (set, receiver, _) = failed().await;
    minutes(&set, 80);
    assert_eq!(set.greenhouse.deliver_due().await[0].attempts.len(), 4);
    assert_eq!(receiver.to("/reject_candidate").len(), 1 + 4);
    let next = set.greenhouse.deliveries()[1].next_attempt_at;
    assert_eq!(next, Some(noon() + TimeDelta::minutes(1 + 15 + 60 + 120)));
}

#[tokio::test]
async fn a_delivery_that_succeeds_is_not_tried_again() {
    let (set, receiver, first) = failed().await;
    receiver.answers(|_| (200, String::new()));
    minutes(&set, 1);
    let tried = set.greenhouse.deliver_due().await.remove(0);
    assert!(tried.is_delivered() && tried.next_attempt_at.is_none());
    assert_eq!(tried.event_id, first.event_id, "the same by default");
    minutes(&set, 10_000);
    assert!(set.greenhouse.deliver_due().await.is_empty());
    assert_eq!(
        set.greenhouse.hooks()[0].last_delivered,
        Some(tried.attempts[1].at)
    );
}

#[tokio::test]
async fn a_retry_has_a_new_event_id_if_switched_so() {
    let (set, receiver, first) = failed().await;
    set.greenhouse
        .switch(|switches| switches.retry_event_id = RetryEventId::New);
    minutes(&set, 1);
    let tried = set.greenhouse.deliver_due().await.remove(0);
    assert_eq!(tried.attempts[0].event_id, first.event_id);
    assert_ne!(tried.attempts[1].event_id, first.event_id);
    let received = receiver.to("/reject_candidate").pop().unwrap();
    assert_eq!(
        received.header("greenhouse-event-id"),
        tried.attempts[1].event_id
    );
    assert_eq!(received.body, first.body);
}

#[tokio::test]
async fn a_hook_has_its_own_number_of_attempts() {
    let set = Set::new().await;
    let receiver = Receiver::start(|_| (200, String::new())).await;
    let form = HookForm::new("reject_candidate", &receiver.url, "s").with_max_attempts(2);
    set.greenhouse.add_hook_with(form.clone()).await.unwrap();
    receiver.answers(|_| (500, String::new()));
    set.greenhouse.reject(set.applied()).await.unwrap();
    minutes(&set, 10_000);
    assert_eq!(set.greenhouse.deliver_due().await[0].attempts.len(), 2);
    let none = form.with_max_attempts(0);
    assert!(set.greenhouse.add_hook_with(none).await.is_err());
}

#[tokio::test]
async fn what_is_due_is_tried_by_itself_while_the_clock_runs() {
    let (set, receiver, _) = failed().await;
    receiver.answers(|_| (200, String::new()));
    set.greenhouse.clock().release();
    minutes(&set, 1);
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
    let (set, receiver) = hooked(&["reject_candidate"]).await;
    let hook = set.greenhouse.hooks()[0].id;
    let url = format!("{}/new", receiver.url);
    let edit = HookForm::default().with_url(&url).with_secret("new");
    let edited = set
        .greenhouse
        .change_hook(hook, edit.clone())
        .await
        .unwrap();
    assert_eq!((edited.active, edited.url), (true, url));
    assert_eq!(receiver.to("/new")[0].json()["action"], "ping");

    receiver.answers(|_| (500, String::new()));
    let edited = set
        .greenhouse
        .change_hook(hook, edit.clone())
        .await
        .unwrap();
    assert!(!edited.active);
    let told = set.greenhouse.reject(set.applied()).await.unwrap();
    assert!(told.is_empty(), "a disabled hook sends nothing");
    minutes(&set, 10_000);
    assert!(
        set.greenhouse.deliver_due().await.is_empty(),
        "a ping is not repeated"
    );

    receiver.answers(|_| (200, String::new()));
    let edited = set.greenhouse.change_hook(hook, edit).await.unwrap();
    assert!(!edited.active, "a ping that works does not enable");
    assert!(set.greenhouse.enable_hook(hook).await.unwrap().active);
}

#[tokio::test]
async fn a_hook_that_is_disabled_or_gone_gives_up_what_it_has_left() {
    let (set, receiver, _) = failed().await;
    let hook = set.greenhouse.hooks()[0].id;
    let off = HookForm::default().with_active(false);
    set.greenhouse.change_hook(hook, off).await.unwrap();
    let before = receiver.received().len();
    minutes(&set, 10_000);
    assert!(set.greenhouse.deliver_due().await.is_empty());
    set.greenhouse.delete_hook(hook).unwrap();
    assert!(set.greenhouse.deliver_due().await.is_empty());
    assert_eq!(receiver.received().len(), before);
    assert!(set.greenhouse.delete_hook(hook).is_err());
}

#[tokio::test]
async fn basic_credentials_of_a_hook_are_sent() {
    let set = Set::new().await;
    let receiver = Receiver::start(|_| (200, String::new())).await;
    let form = HookForm::new("hire_candidate", &receiver.url, "s").with_basic_auth("Aladdin", "x");
    set.greenhouse.add_hook_with(form).await.unwrap();
    let sent = receiver.received()[0].header("authorization").to_owned();
    assert_eq!(sent, "Basic QWxhZGRpbjp4");
}
