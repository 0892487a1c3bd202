use bytes::Bytes;
use console::MountPath;
use greenhouse_core::platform::AssessmentState;
use http::Request;

use crate::{entry::waiting, stage::Stage};

#[tokio::test]
async fn a_completed_assessment_is_pushed_once() {
    let stage = Stage::set_up().await;
    stage.assess("asm-1", 70.0);
    let page = stage.get("/button/asm-1").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("data-page=\"push\"") && page.body.contains("data-state=\"ready\""));
    assert!(
        page.body
            .contains("action=\"/mounted/button/asm-1?page=1\"")
    );
    assert!(page.body.contains("Push to Greenhouse</button>"));
    assert!(page.body.contains("<h1>Push to Greenhouse</h1>"));
    let pushed = stage.post("/button/asm-1", &[]).await;
    assert_eq!(
        pushed.location.as_deref(),
        Some("/mounted/button/asm-1?page=1")
    );
    let page = stage.get("/button/asm-1").await;
    assert!(
        page.body.contains("data-state=\"done\" data-poll-end"),
        "{}",
        page.body
    );
    assert!(
        page.body
            .contains("href=\"https://app.greenhouse.io/people/")
    );
    assert!(page.body.contains("In Greenhouse"));
    assert!(!page.body.contains("<form"));
    stage
        .greenhouse
        .assert_requests("POST", "/v3/candidates", 1);
}

#[tokio::test]
async fn inside_another_page_the_button_stands_alone() {
    let stage = Stage::set_up().await;
    stage.assess("asm-1", 70.0);
    let request = Request::get("/button/asm-1")
        .header("x-greenhouse-fragment", "1")
        .extension(MountPath::new("/mounted"))
        .body(Bytes::new())
        .unwrap();
    let response = stage.console.handle(&stage.account, request).await;
    let body = String::from_utf8(response.body().to_vec()).unwrap();
    assert!(body.starts_with("<div class=\"gh\" "), "{body}");
    assert!(body.contains(" data-page=\"push\""), "{body}");
    assert!(!body.contains("<main") && !body.contains("<h1"));
    assert!(body.contains("action=\"/mounted/button/asm-1\""), "{body}");

    // The script asks for a page of its own in the same way, and must not lose its heading.
    let request = Request::get("/button/asm-1?page=1")
        .header("x-greenhouse-fragment", "1")
        .extension(MountPath::new("/mounted"))
        .body(Bytes::new())
        .unwrap();
    let response = stage.console.handle(&stage.account, request).await;
    let body = String::from_utf8(response.body().to_vec()).unwrap();
    assert!(body.contains("<main") && body.contains("<h1"), "{body}");
    assert!(
        body.contains("action=\"/mounted/button/asm-1?page=1\""),
        "{body}"
    );
    let state = stage.get("/button/asm-1/state").await;
    assert!(
        state.body.starts_with("<div class=\"gh-push-state\""),
        "{}",
        state.body
    );
}

#[tokio::test]
async fn what_cannot_be_pushed_says_why() {
    let stage = Stage::set_up().await;
    stage.assess("running", 70.0);
    stage.change("running", |it| it.state = AssessmentState::Started);
    let page = stage.get("/button/running").await;
    assert!(
        page.body.contains("disabled>Not completed yet</button>"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("<form"));
    let refused = stage.post("/button/running", &[]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("Not completed yet"));

    stage.assess("no-email", 70.0);
    stage.change("no-email", |it| it.person.email = None);
    let page = stage.get("/button/no-email").await;
    assert!(page.body.contains("It cannot be pushed: "), "{}", page.body);
    assert!(page.body.contains("href=\"/mounted/help/no_email\""));

    let unknown = stage.get("/button/%3Cb%3E").await;
    assert_eq!(unknown.status, 404);
    assert!(
        unknown
            .body
            .contains("The product does not have this assessment.")
    );
    assert!(!unknown.body.contains("<b>"));
    assert_eq!(stage.post("/button/unknown", &[]).await.status, 404);

    stage.product.set_down(true);
    let down = stage.get("/button/running").await;
    assert!(
        down.body.contains("The state is unknown: "),
        "{}",
        down.body
    );
    assert!(down.body.contains("Check again"));
}

#[tokio::test]
async fn a_push_that_is_switched_off_says_so() {
    let stage = Stage::empty().await;
    stage.assess("asm-1", 70.0);
    let page = stage.get("/button/asm-1").await;
    assert!(
        page.body
            .contains("The push to Greenhouse is switched off."),
        "{}",
        page.body
    );
    assert!(page.body.contains("href=\"/mounted/push\""));
    assert_eq!(stage.post("/button/asm-1", &[]).await.status, 409);
}

#[tokio::test]
async fn a_failed_push_offers_retry_and_choice() {
    let stage = Stage::set_up().await;
    for name in ["One", "Two"] {
        stage
            .greenhouse
            .seed_candidate("Mira", name, "asm-1@example.org");
    }
    stage.assess("asm-1", 70.0);
    let page = stage.post_and_follow("/button/asm-1", &[]).await;
    let body = &page.body;
    assert!(body.contains("data-state=\"failed\""), "{body}");
    assert!(body.contains("Failed: "));
    assert!(body.contains("Retry</button>"));
    assert!(body.contains("href=\"/mounted/activity/1\">Choose the candidate</a>"));
    stage.change("asm-1", |it| it.state = AssessmentState::Started);
    let refused = stage.post("/button/asm-1", &[]).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused
            .body
            .contains("It was not pushed: the assessment is not complete")
    );
    assert!(refused.body.contains("Retry</button>"));
}

#[tokio::test]
async fn a_waiting_push_is_polled() {
    let stage = Stage::set_up().await;
    waiting(&stage, "asm-1").await;
    let page = stage.get("/button/asm-1").await;
    let body = &page.body;
    assert!(
        body.contains("data-poll=\"/mounted/button/asm-1/state?page=1\""),
        "{body}"
    );
    assert!(body.contains("data-state=\"waiting\""));
    assert!(body.contains("Waiting: ") && body.contains("Next attempt: <time"));
    assert!(!body.contains("data-poll-end"));
    stage.product.set_reports_pending(false);
    stage.post("/button/asm-1", &[]).await;
    stage.wait_for("/button/asm-1/state", "In Greenhouse").await;
}
