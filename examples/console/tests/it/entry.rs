use greenhouse_core::{AssessmentId, platform::AssessmentState};

use crate::stage::{Shown, Stage};

#[tokio::test]
async fn an_entry_shows_the_steps_of_its_push() {
    let stage = Stage::set_up().await;
    let entry = pushed(&stage, "asm-1").await;
    let page = stage.get(&entry).await;
    assert_eq!(page.status, 200);
    let body = &page.body;
    for step in ["candidate", "application", "report", "note"] {
        assert!(
            body.contains(&format!("<tr data-step=\"{step}\">")),
            "{step}: {body}"
        );
    }
    assert!(body.contains("Already in Greenhouse") || body.contains("Written"));
    assert!(body.matches("<time datetime=").count() >= 9);
    assert!(body.contains("https://app.greenhouse.io/people/"));
    assert!(body.contains("<code dir=\"auto\">asm-1</code>"));
    assert!(body.contains("data-poll-end") && !body.contains("data-poll="));
    assert!(!body.contains("<form method=\"post\""));
    for path in [
        "/activity/999",
        "/activity/x",
        "/activity/1/retry",
        "/activity/1/state/x",
    ] {
        assert_eq!(stage.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_person_chooses_among_several_candidates() {
    let stage = Stage::set_up().await;
    let email = "asm-1@example.org";
    let one = stage.greenhouse.seed_candidate("Mira", "Okafor", email);
    let two = stage
        .greenhouse
        .seed_candidate("Mira", "Okafor-Lind", email);
    let entry = pushed(&stage, "asm-1").await;
    let page = stage.get(&entry).await;
    for id in [one, two] {
        let link = format!("href=\"https://app.greenhouse.io/people/{id}\"");
        assert!(page.body.contains(&link), "{}", page.body);
        assert!(page.body.contains(&format!("Use candidate {id}")));
    }
    assert!(page.body.contains("data-code=\"several_candidates\""));
    assert!(
        page.body
            .contains("Several candidates, or a choice that does not fit")
    );

    let retry = format!("{entry}/retry");
    let again = stage.post_and_follow(&retry, &[]).await;
    assert!(again.body.contains("It failed again."), "{}", again.body);
    let chosen = [("candidate_id", &*two.to_string())].map(|(name, id)| (name, id.to_owned()));
    let chosen = chosen.each_ref().map(|(name, id)| (*name, id.as_str()));
    let done = stage.post(&retry, &chosen).await;
    assert_eq!(done.status, 303);
    assert_eq!(done.location, Some(format!("/mounted{entry}?sent=1")));
    let done = stage.get(&format!("{entry}?sent=1")).await;
    assert!(done.body.contains("<p>Done.</p>"), "{}", done.body);
    assert!(done.body.contains(&format!(
        "https://app.greenhouse.io/people/{two}?application_id="
    )));
    assert!(!done.body.contains("Choose the candidate"));
    assert!(!stage.get(&entry).await.body.contains("<p>Done.</p>"));
    let refused = stage.post(&retry, &[("candidate_id", "x")]).await;
    assert_eq!(refused.status, 404);
}

#[tokio::test]
async fn a_refused_retry_says_why() {
    let stage = Stage::set_up().await;
    stage.fail_pushes(true);
    let entry = pushed(&stage, "asm-1").await;
    let retry = format!("{entry}/retry");

    stage.change("asm-1", |it| it.state = AssessmentState::Started);
    let refused = stage.post(&retry, &[]).await;
    assert_refused(
        &refused,
        409,
        "not_completed",
        "Nothing was queued: the assessment is not",
    );
    stage.change("asm-1", |it| it.state = AssessmentState::Completed);
    stage.change("asm-1", |it| it.person.email = None);
    let refused = stage.post(&retry, &[]).await;
    assert_refused(&refused, 422, "no_email", "Nothing was queued: ");
    stage.product.set_down(true);
    let refused = stage.post(&retry, &[]).await;
    assert_refused(
        &refused,
        503,
        "product_unavailable",
        "because a system does not respond",
    );
    stage.product.set_down(false);
    stage.product.set_refusing(Some("<b>no</b>".to_owned()));
    let refused = stage.post(&retry, &[]).await;
    assert_refused(&refused, 409, "product_refused", "&lt;b&gt;no&lt;/b&gt;");
    assert!(!refused.body.contains("<b>no"));
}

#[tokio::test]
async fn a_skipped_assessment_can_be_pushed() {
    let stage = Stage::set_up().await;
    let id = stage.assess("asm-1", 70.0);
    stage
        .integration
        .assessment_changed(&stage.account, &id)
        .await
        .unwrap();
    let log = stage.get("/activity?status=skipped").await;
    let entry = entry_of(&log);
    let page = stage.get(&entry).await;
    assert!(
        page.body.contains("Push to Greenhouse</button>"),
        "{}",
        page.body
    );
    assert!(page.body.contains("data-code=\"trigger_manual\""));
    assert!(!page.body.contains(">Retry</button>"));
    let done = stage.post_and_follow(&format!("{entry}/push"), &[]).await;
    assert!(done.body.contains("<p>Done.</p>"), "{}", done.body);
    let again = stage.post(&format!("{entry}/retry"), &[]).await;
    assert_refused(&again, 409, "not_failed", "Nothing was queued: ");
}

#[tokio::test]
async fn a_waiting_push_is_polled_until_it_ends() {
    let stage = Stage::set_up().await;
    let entry = waiting(&stage, "asm-1").await;
    let page = stage.get(&format!("{entry}?sent=1")).await;
    let poll = format!("data-poll=\"/mounted{entry}/state?sent=1\"");
    assert!(page.body.contains(&poll), "{}", page.body);
    assert!(!page.body.contains("data-poll-end"));
    assert!(page.body.contains("Queued. This page shows the result."));
    assert!(page.body.contains("Next attempt: <time"));
    let banner = stage.get("/activity/open").await;
    assert!(
        banner.body.contains("1 operation is waiting."),
        "{}",
        banner.body
    );
    assert!(!banner.body.contains("Retry all failed"));

    stage.product.set_reports_pending(false);
    stage.post("/button/asm-1", &[]).await;
    let state = stage
        .wait_for(&format!("{entry}/state?sent=1"), "data-poll-end")
        .await;
    assert!(state.body.contains("<p>Done.</p>"));
    assert!(!state.body.contains("<html") && !state.body.contains("gh-header"));
}

/// A push that waits for the report of the assessment. Returns the path of its entry.
pub(crate) async fn waiting(stage: &Stage, id: &str) -> String {
    stage.fail_pushes(true);
    let entry = pushed(stage, id).await;
    stage.fail_pushes(false);
    stage.product.set_reports_pending(true);
    stage.post("/activity/retry-failed", &[]).await;
    stage
        .wait_for(&format!("{entry}/state"), "Next attempt:")
        .await;
    entry
}

/// Pushes an assessment. Returns the path of its entry.
async fn pushed(stage: &Stage, id: &str) -> String {
    let id: AssessmentId = stage.assess(id, 70.0);
    stage.post(&format!("/button/{id}"), &[]).await;
    entry_of(&stage.get("/activity").await)
}

/// Path of the first entry on a page.
fn entry_of(page: &Shown) -> String {
    let (_, rest) = page.body.split_once("<tr data-row data-entry=\"").unwrap();
    format!("/activity/{}", rest.split('"').next().unwrap())
}

fn assert_refused(page: &Shown, status: u16, code: &str, text: &str) {
    assert_eq!(page.status, status, "{code}: {}", page.body);
    assert!(
        page.body.contains(&format!("data-code=\"{code}\"")),
        "{code}: {}",
        page.body
    );
    assert!(page.body.contains(text), "{code}: {}", page.body);
    assert!(page.body.contains("gh-entry"), "{code}");
}
