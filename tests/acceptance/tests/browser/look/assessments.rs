use axum_host::Axum;
use serde_json::json;

use super::{
    inspection::Inspection,
    states::{ASSESSMENTS, ASSESSMENTS_FORMS},
};
use crate::{
    operator::{change, open, sign_in},
    page::Page,
    stage::Stage,
};

pub(super) async fn inspect(page: Page) {
    let stage = Stage::empty(&Axum).await;
    let mut look = Inspection::new(&page, ASSESSMENTS);
    sign_in(&page, &stage).await;
    look.state("assessments: not set up").await;
    page.submit("form[action$='set-up']", &[]).await;
    look.state("assessments: set up").await;
    page.submit("form[action$='assessments/keys']", &[]).await;
    look.state("assessments: dialog with a new key").await;
    page.find("link", "Close").await.click().await;
    page.wait_gone("link", "Close").await;
    look.state("assessments: one key").await;
    page.unfold("#keys details").await;
    look.state("assessments: revocation of a key").await;

    for _ in 0..3 {
        let (status, _) = stage.ask("POST", "keys", None).await;
        assert_eq!(status, 201);
    }
    let keys = stage.ask("GET", "keys", None).await.1;
    let id = keys["keys"][0]["id"].as_str().unwrap();
    stage.ask("POST", &format!("keys/{id}/rotate"), None).await;
    open(&page, &stage, "assessments").await;
    look.state("assessments: several keys").await;
    look.end();
    stage.stop().await;
}

pub(super) async fn inspect_forms(page: Page) {
    let stage = Stage::empty(&Axum).await;
    let mut look = Inspection::new(&page, ASSESSMENTS_FORMS);
    sign_in(&page, &stage).await;
    page.submit("form[action$='set-up']", &[]).await;
    let credential = [
        ("completion.user", Some("acme")),
        ("completion.password", Some("a password")),
    ];
    page.submit("form[action$='assessments/completion']", &credential)
        .await;
    look.state("assessments: completion credential set").await;

    page.field("Yes from").await.fill("61").await;
    page.wait_for_text("Unsaved changes").await;
    look.state("assessments: unsaved changes").await;
    let refused = [
        ("thresholds.yes", Some("many")),
        ("thresholds.no", Some("99")),
    ];
    let form = "form[action$='thresholds']";
    page.submit(form, &refused).await;
    look.state("assessments: refused form").await;
    open(&page, &stage, "assessments").await;
    let own = |stored: &mut serde_json::Value| stored["thresholds"]["no"] = json!(21);
    change(&stage, "assessments", own).await;
    page.submit(form, &[("thresholds.yes", Some("62"))]).await;
    look.state("assessments: stale form").await;

    open(&page, &stage, "assessments").await;
    let off = [("enabled", None)];
    page.submit("form[action$='assessments/enabled']", &off)
        .await;
    look.state("assessments: switched off").await;
    let unknown = [("assessment", Some("unknown"))];
    page.submit("form[action$='report-links']", &unknown).await;
    look.state("assessments: unknown report links").await;
    open(&page, &stage, "assessments").await;
    page.unfold("#account details").await;
    page.submit("form[action$='assessments/account']", &[])
        .await;
    look.state("assessments: account switched off").await;
    look.end();
    stage.stop().await;
}
