use std::{
    task::{Context, Waker},
    time::Duration,
};

use greenhouse_core::{
    Background, TransportErrorKind,
    platform::AssessmentState,
    store::{Claim, InvitationState, NoticeState, TaskKind},
};
use http::{Method, StatusCode};

use crate::support::{World, completed, send_test_body};

#[tokio::test]
async fn a_notice_carries_the_completion_credential() {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    world.service.woken().await;
    assert_eq!(world.invitation(&id).await.notice, NoticeState::Due);
    assert_eq!(world.backlog(TaskKind::Notify).await, 1);

    world.transport.answer(StatusCode::NO_CONTENT, "");
    assert_eq!(world.run_due().await, None);
    let [sent] = world.transport.sent().try_into().unwrap();
    assert_eq!(sent.method, Method::PATCH);
    assert_eq!(
        sent.uri,
        "https://app.greenhouse.io/integrations/take_home_tests/777"
    );
    assert_eq!(sent.headers["authorization"], "Basic Y2MtdXNlcjpjYy1wYXNz");
    assert!(sent.headers["authorization"].is_sensitive());
    assert!(sent.body.is_empty());

    let invitation = world.invitation(&id).await;
    assert_eq!(
        (invitation.state, invitation.notice),
        (InvitationState::Completed, NoticeState::Accepted)
    );
    assert_eq!(
        world.lines().await[1..],
        [
            "invitation done: The candidate completed the test.",
            "notice done: Greenhouse accepted the completion notice and will now request the result.",
        ]
    );
    // The notice is not sent twice.
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    world.run_due().await;
    assert_eq!(world.transport.sent().len(), 1);
}

#[tokio::test]
async fn a_wrong_credential_is_reported_and_not_retried() {
    for status in [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
        let world = World::new();
        let (id, assessment) = world.finished().await;
        world
            .service
            .assessment_changed(&world.account, &assessment)
            .await
            .unwrap();
        world.transport.answer(status, "");
        assert_eq!(world.run_due().await, None);
        assert_eq!(world.invitation(&id).await.notice, NoticeState::Refused);
        let last = world.log().await.pop().unwrap();
        assert!(last.entry.offers_retry());
        assert!(
            last.entry.text.contains("completion credential"),
            "{}",
            last.entry.text
        );
    }
}

#[tokio::test]
async fn failures_are_retried_with_backoff_for_a_day() {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    let start = world.now();
    let mut waits = Vec::new();
    for attempt in 0..100 {
        match attempt % 3 {
            0 => world.transport.answer(StatusCode::BAD_GATEWAY, ""),
            1 => world.transport.fail(TransportErrorKind::TimedOut),
            _ => world.transport.fail(TransportErrorKind::Unreachable),
        }
        let Some(next) = world.run_due().await else {
            break;
        };
        assert_eq!(world.invitation(&id).await.notice, NoticeState::Due);
        assert_eq!(world.log().await.len(), 3, "one entry, updated");
        // No attempt before its time.
        world.run_due().await;
        assert_eq!(world.transport.sent().len(), attempt + 1);
        let wait = (next - world.now()).to_std().unwrap();
        waits.push(wait.as_secs());
        world.clock.advance(wait);
    }
    assert_eq!(waits[..8], [30, 60, 120, 240, 480, 960, 1920, 3600]);
    assert!(world.now() - start >= chrono::TimeDelta::hours(24));
    assert!(world.now() - start < chrono::TimeDelta::hours(26));
    assert_eq!(world.invitation(&id).await.notice, NoticeState::Refused);
    let lines = world.lines().await;
    assert!(
        lines
            .last()
            .unwrap()
            .contains("abandoned after 31 attempts."),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_notice_is_repeated_if_the_product_had_no_result() {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let changed = world
        .service
        .assessment_changed(&world.account, &assessment);
    changed.await.unwrap();
    world.transport.answer(StatusCode::OK, "");
    assert_eq!(world.run_due().await, None);

    world.platform.set_down(true);
    // Greenhouse polls twice.
    for _ in 0..2 {
        let asked = world.get(&status_path(&id)).await;
        let refused = (asked.status, &*asked.code());
        assert_eq!(refused, (503, "product_unavailable"));
        assert_eq!(world.backlog(TaskKind::Notify).await, 1);
    }
    let line = world.lines().await.pop().unwrap();
    assert!(line.contains("while the product was unavailable"), "{line}");
    let next = world.run_due().await.unwrap();
    assert_eq!((next - world.now()).num_minutes(), 10);
    world.platform.set_down(false);
    world.tick(10 * 60);
    world.transport.answer(StatusCode::OK, "");
    assert_eq!(world.run_due().await, None);
    assert_eq!(world.transport.sent().len(), 2);
    let asked = world.get(&status_path(&id)).await;
    assert_eq!(asked.json()["partner_status"], "complete");
    assert_eq!(world.invitation(&id).await.notice, NoticeState::Accepted);
}

#[tokio::test]
async fn a_notice_is_repeated_if_a_poll_during_it_failed() {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let changed = world
        .service
        .assessment_changed(&world.account, &assessment);
    changed.await.unwrap();
    world.transport.answer(StatusCode::OK, "");
    world.transport.hesitate();
    let mut run = std::pin::pin!(world.service.run_due(1));
    let context = &mut Context::from_waker(Waker::noop());
    assert!(run.as_mut().poll(context).is_pending());

    world.platform.set_down(true);
    let asked = world.get(&status_path(&id)).await;
    let refused = (asked.status, &*asked.code());
    assert_eq!(refused, (503, "product_unavailable"));
    let next = run.await.unwrap().unwrap();
    assert_eq!((next - world.now()).num_minutes(), 10);
    assert_eq!(world.invitation(&id).await.notice, NoticeState::Due);
    assert_eq!(world.backlog(TaskKind::Notify).await, 1);
    let line = world.lines().await.pop().unwrap();
    assert!(line.contains("while the product was unavailable"), "{line}");

    world.tick(10 * 60);
    world.transport.answer(StatusCode::OK, "");
    assert_eq!(world.run_due().await, None);
    assert_eq!(world.transport.sent().len(), 2);
    assert_eq!(world.invitation(&id).await.notice, NoticeState::Accepted);
}

#[tokio::test]
async fn downtime_does_not_count_as_attempts() {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let changed = world
        .service
        .assessment_changed(&world.account, &assessment);
    changed.await.unwrap();
    for failure in 1..=3 {
        world.clock.advance(Duration::from_secs(3 * 24 * 60 * 60));
        world.transport.answer(StatusCode::BAD_GATEWAY, "");
        assert!(world.run_due().await.is_some());
        assert_eq!(
            world.invitation(&id).await.notice,
            NoticeState::Due,
            "{failure}"
        );
    }
    world.tick(120);
    world.transport.answer(StatusCode::OK, "");
    world.run_due().await;
    assert_eq!(world.invitation(&id).await.notice, NoticeState::Accepted);
}

#[tokio::test]
async fn the_task_of_a_dead_host_is_claimed_after_its_lease() {
    use greenhouse_core::store::TaskQueue;
    let world = World::new();
    let (id, assessment) = world.finished().await;
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    let lease = Duration::from_secs(60);
    let claimed = world
        .store
        .claim_due(&Claim::new(&[TaskKind::Notify], world.now(), lease, 10))
        .await
        .unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(world.run_due().await, Some(claimed[0].lease_until));
    assert!(world.transport.sent().is_empty());
    world.tick(60);
    world.transport.answer(StatusCode::OK, "");
    world.run_due().await;
    assert_eq!(world.invitation(&id).await.notice, NoticeState::Accepted);
}

#[tokio::test]
async fn a_notice_without_credential_or_url_is_logged_and_not_sent() {
    let world = World::without_completion();
    let (id, assessment) = world.finished().await;
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    assert_eq!(world.run_due().await, None);
    assert_eq!(world.invitation(&id).await.notice, NoticeState::None);
    let last = world.lines().await.pop().unwrap();
    assert!(
        last.contains("no completion credential is stored."),
        "{last}"
    );

    let world = World::new();
    let mut body = send_test_body("777");
    body["url"] = serde_json::Value::Null;
    let sent = world
        .post("/api/greenhouse/send-test", body.to_string())
        .await;
    let id = sent.json()["partner_interview_id"]
        .as_str()
        .unwrap()
        .to_owned();
    world.run_due().await;
    let assessment = world.invitation(&id).await.assessment.unwrap();
    world.finish(&id, &assessment);
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    assert_eq!(world.run_due().await, None);
    assert!(world.transport.sent().is_empty());
    assert_eq!(
        world.invitation(&id).await.state,
        InvitationState::Completed
    );
}

#[tokio::test]
async fn no_notice_is_sent_once_assessments_are_disabled() {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    world.switch.off();
    world.run_due().await;
    assert!(world.transport.sent().is_empty());
    assert_eq!(world.invitation(&id).await.notice, NoticeState::Refused);
}

#[tokio::test]
async fn each_status_change_sends_a_notice() {
    let world = World::new();
    let (id, assessment) = world.invited().await;
    let mut expired = completed(assessment.clone());
    expired.state = AssessmentState::Expired;
    world.platform.put(&world.account, expired);
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    world.transport.answer(StatusCode::OK, "");
    world.run_due().await;

    world.finish(&id, &assessment);
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    world.transport.answer(StatusCode::OK, "");
    world.run_due().await;
    assert_eq!(world.transport.sent().len(), 2);
    assert_eq!(
        world.invitation(&id).await.state,
        InvitationState::Completed
    );
}

#[tokio::test]
async fn a_completion_before_the_invitation_response_is_not_lost() {
    let world = World::new();
    let sent = world
        .post(
            "/api/greenhouse/send-test",
            send_test_body("777").to_string(),
        )
        .await;
    let id = sent.json()["partner_interview_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let assessment = greenhouse_core::AssessmentId::new("fast");
    world.finish(&id, &assessment);
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    let invitation = world.invitation(&id).await;
    assert_eq!(
        (invitation.state, invitation.assessment),
        (InvitationState::Completed, Some(assessment))
    );

    let unknown = greenhouse_core::AssessmentId::new("unknown");
    world
        .service
        .assessment_changed(&world.account, &unknown)
        .await
        .unwrap();
    world.platform.set_down(true);
    assert!(
        world
            .service
            .assessment_changed(&world.account, &unknown)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_retaken_test_sends_another_notice() {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    let changed = async || {
        let (service, account) = (&world.service, &world.account);
        service
            .assessment_changed(account, &assessment)
            .await
            .unwrap();
        world.transport.answer(StatusCode::OK, "");
        world.run_due().await;
    };
    changed().await;

    let mut again = completed(assessment.clone());
    again.state = AssessmentState::Started;
    world.platform.put(&world.account, again.clone());
    changed().await;
    assert_eq!(world.invitation(&id).await.state, InvitationState::Reopened);
    let path = format!("/api/greenhouse/test-status?partner_interview_id={id}");
    let status = world.get(&path).await.json();
    assert_eq!(status["partner_status"], "open again");
    assert_eq!(status.get("partner_score"), None);
    assert_eq!(world.transport.sent().len(), 1, "no notice without an end");

    again.state = AssessmentState::Completed;
    again.completed_at = Some(world.now());
    world.platform.put(&world.account, again.clone());
    changed().await;
    // The product sends no event for the restart.
    world.tick(60);
    again.completed_at = Some(world.now());
    world.platform.put(&world.account, again);
    changed().await;
    assert_eq!(world.transport.sent().len(), 3);
    assert_eq!(
        world.lines().await[1..],
        [
            "invitation done: The candidate completed the test.",
            "notice done: Greenhouse accepted the completion notice and will now request the result.",
            "invitation done: The candidate can take the test again. Greenhouse keeps the earlier \
             result until the test ends again.",
            "invitation done: The candidate completed the test again.",
            "invitation done: The candidate completed the test again.",
        ]
    );
}

#[tokio::test]
async fn another_end_while_the_notice_waits_sends_one_notice() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let changed = async || {
        let (service, account) = (&world.service, &world.account);
        service
            .assessment_changed(account, &assessment)
            .await
            .unwrap();
    };
    changed().await;
    world.transport.answer(StatusCode::BAD_GATEWAY, "");
    let next = world.run_due().await.unwrap();
    let mut again = completed(assessment.clone());
    again.completed_at = Some(world.now());
    world.platform.put(&world.account, again);
    changed().await;
    assert_eq!(world.backlog(TaskKind::Notify).await, 1);
    assert_eq!(world.run_due().await, Some(next));
}

/// Greenhouse may have polled the status before the second end.
#[tokio::test]
async fn another_end_during_the_notice_sends_a_second_one() {
    for answer in [
        StatusCode::OK,
        StatusCode::BAD_GATEWAY,
        StatusCode::FORBIDDEN,
    ] {
        let world = World::new();
        let (id, assessment) = world.finished().await;
        let changed = async || {
            let (service, account) = (&world.service, &world.account);
            service
                .assessment_changed(account, &assessment)
                .await
                .unwrap();
        };
        changed().await;
        world.transport.answer(answer, "");
        world.transport.answer(StatusCode::OK, "");
        world.transport.hesitate();
        let mut run = std::pin::pin!(world.service.run_due(1));
        let context = &mut Context::from_waker(Waker::noop());
        assert!(run.as_mut().poll(context).is_pending());
        assert_eq!(world.transport.sent().len(), 1);
        let mut again = completed(assessment.clone());
        again.completed_at = Some(world.now());
        world.platform.put(&world.account, again);
        changed().await;
        run.await.unwrap();
        assert_eq!(
            world.invitation(&id).await.notice,
            NoticeState::Due,
            "{answer}"
        );
        assert_eq!(world.backlog(TaskKind::Notify).await, 1, "{answer}");
        // If it is repeated anyway, then after that wait.
        world.tick(30);
        world.run_due().await;
        assert_eq!(world.transport.sent().len(), 2, "{answer}");
        assert_eq!(world.invitation(&id).await.notice, NoticeState::Accepted);
    }
}

fn status_path(id: &str) -> String {
    format!("/api/greenhouse/test-status?partner_interview_id={id}")
}
