//! The switch of the account, and report links, which need no settings of assessments.

use http::Method;
use serde_json::Value;

use crate::{
    assessments::{input, ready},
    stage::Stage,
};

#[tokio::test]
async fn report_links_are_revoked() {
    let stage = Stage::empty().await;
    stage.assess("asm-1", 80.0);
    let form = stage.get("/assessments").await.section("report-links");
    assert!(form.contains("<details class=\"gh-confirm\">"));
    assert!(!form.contains("All existing links to the report are revoked."));
    let revoked = stage
        .post("/assessments/report-links", &[("assessment", "asm-1")])
        .await;
    let location = revoked.location.as_deref();
    assert_eq!(
        location,
        Some("/mounted/assessments?saved=report-links#report-links")
    );
    let shown = stage
        .get("/assessments?saved=report-links")
        .await
        .section("report-links");
    assert!(shown.contains("All existing links to the report are revoked."));
    let log = stage
        .api(Method::GET, "sync-log?assessment=asm-1", Value::Null)
        .await;
    assert_eq!(log["entries"][0]["subject"], "report_link");
}

#[tokio::test]
async fn report_links_of_an_unknown_assessment_are_refused() {
    let stage = Stage::empty().await;
    for (typed, shown, reason) in [
        ("", "", "Enter the id of an assessment."),
        (
            "asm-9",
            "asm-9",
            "The product does not have this assessment.",
        ),
        (
            "../<img onerror=x>",
            "../&lt;img onerror=x&gt;",
            "The product does not have this assessment.",
        ),
    ] {
        let refused = stage
            .post("/assessments/report-links", &[("assessment", typed)])
            .await;
        assert_eq!(refused.status, 422, "{typed}");
        let problems = refused.part("id=\"gh-assessment-problems\"", "</ul>");
        assert!(problems.contains(reason), "{problems}");
        let input = input(&refused, "assessment");
        assert!(input.contains(&format!("value=\"{shown}\"")), "{input}");
        assert!(!refused.body.contains("<img"));
    }
}

#[tokio::test]
async fn the_account_is_switched_off_and_on() {
    let stage = ready().await;
    let off = "The integration is switched off for this account.";
    let section = stage.get("/assessments").await.section("account");
    assert!(section.contains("Switch off the integration"));
    let fields = [("enabled", "false")];
    let shown = stage.post_and_follow("/assessments/account", &fields).await;
    assert!(shown.body.contains(off));
    assert!(shown.section("account").contains("Switch on"));
    let account = stage.api(Method::GET, "account", Value::Null).await;
    assert_eq!(account["enabled"], false);
    for page in ["assessments", "push", "health", "activity", "help"] {
        let shown = stage.get(&format!("/{page}")).await;
        let notice = shown.part("<div class=\"gh-notice gh-warning\"", "</form>");
        assert!(notice.contains(off), "{page}");
        assert!(
            notice.contains(&format!("name=\"page\" value=\"{page}\"")),
            "{page}"
        );
    }
    assert!(stage.get("/state").await.body.contains("Switched off"));

    let fields = [("enabled", "true"), ("page", "health")];
    let on = stage.post("/assessments/account", &fields).await;
    assert_eq!(
        on.location.as_deref(),
        Some("/mounted/health?saved=account")
    );
    assert!(!stage.get("/push").await.body.contains(off));
    let fields = [("enabled", "true"), ("page", "//evil.example")];
    let elsewhere = stage.post("/assessments/account", &fields).await;
    let location = elsewhere.location.as_deref();
    assert_eq!(location, Some("/mounted/assessments?saved=account#account"));
}

#[tokio::test]
async fn the_address_of_a_form_leads_to_the_page() {
    let stage = Stage::empty().await;
    let shown = stage.get("/assessments/keys").await;
    assert_eq!(shown.location.as_deref(), Some("/mounted/assessments"));
    let shown = stage.get("/push/sync/generate").await;
    assert_eq!(shown.location.as_deref(), Some("/mounted/push#sync"));
    assert_eq!(stage.get("/assessments/nothing").await.status, 404);
    assert_eq!(stage.post("/assessments/nothing", &[]).await.status, 404);
}
