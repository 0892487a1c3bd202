//! Section "Past results": counts, brings over, pauses, resumes and cancels.

use chrono::TimeDelta;
use greenhouse_core::{Clock as _, SystemClock};

use crate::stage::Stage;

fn finished(stage: &Stage, count: usize) {
    for number in 0..count {
        let id = format!("past-{number}");
        stage.assess(&id, 72.0);
        stage.change(&id, |past| {
            past.completed_at = Some(SystemClock.now() - TimeDelta::days(2));
        });
    }
}

const BOUNDS: [(&str, &str); 3] = [("days", "7"), ("share", "90"), ("scope", "all")];

#[tokio::test]
async fn past_results_are_counted_and_brought_over() {
    let stage = Stage::set_up().await;
    finished(&stage, 2);
    let page = stage.get("/push").await.body;
    assert!(
        page.contains("Past results") && page.contains("Count first"),
        "{page}"
    );
    assert!(!page.contains("push/past/run"));

    let counted = stage.post("/push/past/count", &BOUNDS).await;
    assert_eq!(
        counted.location.as_deref(),
        Some("/mounted/push#past"),
        "{}",
        counted.body
    );
    let page = stage
        .wait_for(
            "/push",
            "2 of 2 results of the last 7 days would be brought over.",
        )
        .await
        .body;
    assert!(page.contains("Bring over 2 results"), "{page}");
    assert_eq!(stage.greenhouse.candidates().len(), 0);

    let run = stage.post("/push/past/run", &BOUNDS).await;
    assert_eq!(run.status, 303, "{}", run.body);
    let shown = stage.get("/push/past/state").await.body;
    assert!(shown.contains("Bringing over: 0 of 2."), "{shown}");
    assert!(
        shown.contains("<progress") && shown.contains("push/past/pause"),
        "{shown}"
    );
    assert!(
        !shown.contains("data-poll-end") && !shown.contains("Count first"),
        "{shown}"
    );

    let paused = stage.post_and_follow("/push/past/pause", &[]).await.body;
    assert!(
        paused.contains("were brought over.") && paused.contains("Resume"),
        "{paused}"
    );
    let resumed = stage.post_and_follow("/push/past/resume", &[]).await.body;
    assert!(
        resumed.contains("data-poll=\"/mounted/push/past/state\""),
        "{resumed}"
    );
    let cancelled = stage.post_and_follow("/push/past/cancel", &[]).await.body;
    assert!(
        cancelled.contains("Cancelled: 0 results were brought over."),
        "{cancelled}"
    );
    assert!(cancelled.contains("Count first"), "{cancelled}");
    let log = stage.get("/activity").await.body;
    assert!(log.contains("cancelled by a person"), "{log}");
}

#[tokio::test]
async fn refusals_are_shown_and_keep_what_was_typed() {
    let stage = Stage::set_up().await;
    for (days, share, told) in [
        ("0", "50", "days: expected a number from 1 to 365, got 0"),
        ("30", "95", "share: expected a number from 1 to 90, got 95"),
        ("many", "50", "days"),
    ] {
        let form = [("days", days), ("share", share), ("scope", "invited")];
        let shown = stage.post("/push/past/count", &form).await;
        assert_eq!(shown.status, 422, "{}", shown.body);
        assert!(shown.body.contains(told), "{told}: {}", shown.body);
        assert!(
            shown.body.contains(&format!("value=\"{days}\"")),
            "{}",
            shown.body
        );
    }
    let refused = stage.post("/push/past/run", &BOUNDS).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.body.contains("must be counted before"),
        "{}",
        refused.body
    );

    stage.product.set_cannot_list(true);
    let refused = stage.post("/push/past/count", &BOUNDS).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .body
            .contains("cannot list its completed assessments"),
        "{}",
        refused.body
    );
    assert_eq!(stage.get("/push/past/count").await.status, 404);
    assert_eq!(stage.post("/push/past/other", &[]).await.status, 404);
}
