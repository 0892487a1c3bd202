//! Lists and checks of Greenhouse, which are shown again for a minute.

use std::time::Duration;

use crate::stage::Stage;

#[tokio::test]
async fn lists_are_shown_again_until_the_user_loads_them_again() {
    let stage = Stage::set_up().await;
    stage.get("/push").await;
    stage
        .greenhouse
        .seed_user("Zoe", "Admin", "zoe@example.org", true);
    let page = stage.get("/push").await;
    page.lacks("zoe@example.org")
        .has("href=\"/mounted/push?refresh=1\"");
    stage.get("/push?refresh=1").await.has("zoe@example.org");
    stage.get("/push").await.has("zoe@example.org");
}

#[tokio::test]
async fn a_page_that_is_loaded_again_does_not_call_greenhouse() {
    let stage = Stage::set_up().await;
    let job = format!("/push/jobs/sales?job={}", stage.job.job_id);
    for path in [
        "/push",
        &job,
        "/push/job-checks",
        "/push/credential/scopes",
        "/state",
    ] {
        let calls = || stage.greenhouse.request_counts();
        let before = calls();
        stage.get(path).await.is(200);
        let first = calls();
        let shown = stage.get(path).await;
        shown.is(200);
        assert_eq!(calls(), first, "{path}");
        // Both checks on the page of Candidate Push are the same.
        if path != "/push/credential/scopes" {
            assert_ne!(before, first, "{path}");
        }
    }
}

#[tokio::test]
async fn the_state_follows_a_change_of_the_settings() {
    let stage = Stage::set_up().await;
    let job = stage.job.job_id;
    stage.greenhouse.set_job_status(job, "closed").unwrap();
    let before = stage.get("/state").await;
    before.has("attention");
    stage
        .submit("/push/switch", &[("enabled", "false")])
        .await
        .is(303);
    assert_ne!(stage.get("/state").await.body, before.body);
}

/// Greenhouse allows 150 calls in 30 s, and 60 calls of the token host in a minute.
#[tokio::test]
async fn pages_that_are_loaded_again_and_again_do_not_wait() {
    let stage = Stage::set_up_with_rate_limit().await;
    let loads = async {
        for _ in 0..20 {
            // What the script loads with the page.
            for path in [
                "/push",
                "/push/job-checks",
                "/push/credential/scopes",
                "/state",
            ] {
                stage.get(path).await.is(200);
            }
        }
        for _ in 0..5 {
            stage.get("/push?refresh=1").await.is(200);
        }
    };
    let loads = tokio::time::timeout(Duration::from_secs(15), loads);
    assert!(loads.await.is_ok(), "a page waited for a rate limit");
}
