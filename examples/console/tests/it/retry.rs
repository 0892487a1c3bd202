use std::time::Duration;

use greenhouse_core::{
    AssessmentId, Clock as _, SystemClock, platform::AssessmentState, store::LogStatus,
};

use crate::{
    activity::{entry, rows, seed},
    stage::Stage,
};

#[tokio::test]
async fn all_failed_pushes_are_retried() {
    let stage = Stage::set_up().await;
    stage.fail_pushes(true);
    for number in 1..=3 {
        let id = stage.assess(&format!("asm-{number}"), 70.0);
        stage.post(&format!("/button/{id}"), &[]).await;
    }
    let page = stage.get("/activity").await;
    assert!(
        page.body.contains("3 operations have failed."),
        "{}",
        page.body
    );
    assert!(page.body.contains("The oldest one is from <time"));
    assert!(
        page.body
            .contains("action=\"/mounted/activity/retry-failed\"")
    );
    assert!(page.body.contains("data-poll=\"/mounted/activity/open\""));
    let shown = stage.get("/activity?status=failed").await;
    assert_eq!(rows(&shown).len(), 3);

    stage.fail_pushes(false);
    let retried = stage.post("/activity/retry-failed", &[]).await;
    assert_eq!(retried.status, 303);
    assert_eq!(
        retried.location.as_deref(),
        Some("/mounted/activity?retried=3")
    );
    let page = stage.get("/activity?retried=3").await;
    assert!(page.body.contains("3 operations were queued again."));
    for _ in 0..200 {
        let open = stage.get("/activity/open").await;
        if open.body.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the pushes are still open");
}

#[tokio::test]
async fn a_refused_retry_is_shown_with_its_reason() {
    let stage = Stage::set_up().await;
    stage.fail_pushes(true);
    for number in 1..=3 {
        let id = stage.assess(&format!("asm-{number}"), 70.0);
        stage.post(&format!("/button/{id}"), &[]).await;
    }
    stage.fail_pushes(false);
    for id in ["asm-1", "asm-2"] {
        stage.change(id, |assessment| assessment.state = AssessmentState::Started);
    }
    let retried = stage.post("/activity/retry-failed", &[]).await;
    assert_eq!((retried.status, retried.location), (200, None));
    let body = &retried.body;
    assert!(body.contains("1 operation was queued again."), "{body}");
    assert!(body.contains("2 operations could not be queued."));
    assert_eq!(body.matches("<li data-code=\"not_completed\">").count(), 1);
    assert!(body.contains("the assessment is not complete"));
    assert!(body.contains("href=\"/mounted/help/not_completed\""));
    assert!(body.contains("2 entries"));

    stage.product.set_down(true);
    let stopped = stage.post("/activity/retry-failed", &[]).await;
    assert!(
        stopped.body.contains("The product does not respond"),
        "{}",
        stopped.body
    );
    assert!(!stopped.body.contains("Continue with older entries"));
    assert_eq!(
        stage
            .post("/activity/retry-failed", &[("before", "x")])
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_retry_can_continue_with_older_entries() {
    let stage = Stage::empty().await;
    seed(&stage, vec![entry(SystemClock.now(), LogStatus::Done)]).await;
    let page = stage.get("/activity?retried=50&next=17").await;
    assert!(page.body.contains("50 operations were queued again."));
    assert!(
        page.body
            .contains("<input type=\"hidden\" name=\"before\" value=\"17\">")
    );
    assert!(page.body.contains("Continue with older entries"));
    let page = stage.get("/activity?retried=%3Cb%3E&next=x").await;
    assert!(!page.body.contains("queued again"));
}

#[tokio::test]
async fn the_retry_goes_through_all_batches() {
    let stage = Stage::set_up().await;
    let now = SystemClock.now();
    let entries = (0..120).map(|number| {
        let id = AssessmentId::new(format!("gone-{number}"));
        entry(now, LogStatus::Failed).about_assessment(id)
    });
    seed(&stage, entries.collect()).await;
    let retried = stage.post("/activity/retry-failed", &[]).await;
    let body = &retried.body;
    assert!(
        body.contains("120 operations could not be queued."),
        "{body}"
    );
    assert_eq!(body.matches("<li data-code=\"not_found\">").count(), 1);
    assert!(body.contains("href=\"/mounted/activity/120\">#120</a>"));
    assert!(body.contains("href=\"/mounted/activity/1\">#1</a>"));
    let older = [("before", "21")];
    let retried = stage.post("/activity/retry-failed", &older).await;
    assert!(retried.body.contains("20 operations could not be queued."));
}
