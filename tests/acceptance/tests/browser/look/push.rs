use axum_host::Axum;
use serde_json::json;

use super::{
    inspection::Inspection,
    states::{PUSH, PUSH_TRIGGERS, WEBHOOKS, WEBHOOKS_SECRETS},
};
use crate::{
    operator::{change, open, sign_in},
    page::Page,
    stage::Stage,
    wait,
};

pub(super) async fn inspect(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    let mut look = Inspection::new(&page, PUSH);
    sign_in(&page, &stage).await;
    open(&page, &stage, "push").await;
    look.state("push: switched on").await;

    let form = "form[action*='push/scorecard']";
    let refused = [("thresholds.yes", Some("many")), ("tags", Some("a\nb\nc"))];
    page.submit(form, &refused).await;
    look.state("push: refused scorecard mapping").await;
    open(&page, &stage, "push").await;
    let score = page.find("textbox", "Score to preview").await;
    score.fill("83").await;
    page.wait_for_text("A score of 83 is").await;
    look.state("push: preview of a score").await;
    page.unfold("#switch details.gh-confirm:last-of-type").await;
    look.state("push: removal").await;

    let own = stage.greenhouse().credential();
    let partner = |stored: &mut serde_json::Value| {
        stored["enabled"] = json!(false);
        stored["acting_user"] = json!(null);
        stored["credential"] = json!({
            "client_id": own.client_id,
            "client_secret": own.client_secret,
            "grant": "authorization_code",
            "redirect_uri": "https://assess.example.com/greenhouse",
        });
    };
    change(&stage, "push", partner).await;
    open(&page, &stage, "push").await;
    look.state("push: app of a partner").await;
    look.end();
    stage.stop().await;
}

pub(super) async fn inspect_triggers(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    for (name, score) in [("Noor", 90.0), ("Ada", 71.0), ("Tess", 41.0)] {
        let done = stage.completed(name, "Haddad", score).await;
        stage.settled(&done).await;
    }
    let mut look = Inspection::new(&page, PUSH_TRIGGERS);
    sign_in(&page, &stage).await;
    open(&page, &stage, "push").await;
    let form = "form[action*='push/triggers']";
    page.submit(form, &[("trigger.minimum", Some("high"))])
        .await;
    look.state("push: refused trigger").await;
    open(&page, &stage, "push").await;
    let estimate = page.find("button", "Estimate").await;
    page.replaced_by(estimate.click()).await;
    look.state("push: estimate of each trigger").await;
    open(&page, &stage, "push").await;
    change(&stage, "push", |stored| stored["tags"] = json!(["other"])).await;
    page.submit(form, &[("trigger.minimum", Some("50"))]).await;
    look.state("push: stale trigger").await;
    stage.greenhouse().refuse_connections().await;
    open(&page, &stage, "push").await;
    look.state("push: Greenhouse down").await;
    stage.greenhouse().accept_connections().await;
    look.end();
    stage.stop().await;
}

pub(super) async fn inspect_webhooks(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    let mut look = Inspection::new(&page, WEBHOOKS);
    sign_in(&page, &stage).await;
    open(&page, &stage, "push").await;
    look.state("webhooks: received").await;

    let (url, _) = &stage.demo().hook;
    let wrong = stage
        .greenhouse()
        .add_hook("hire_candidate", url, "another secret");
    assert!(!wrong.await.unwrap().active);
    wait::until("the refused webhook", async || {
        let hooks = stage.ask("GET", "hooks", None).await.1;
        hooks.to_string().contains("wrong_signature")
    })
    .await;
    open(&page, &stage, "push").await;
    look.state("webhooks: wrong signature").await;

    page.submit("form[action$='sync/generate']", &[]).await;
    look.state("webhooks: dialog with the next secret").await;
    look.end();
    stage.stop().await;
}

pub(super) async fn inspect_secrets(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    let mut look = Inspection::new(&page, WEBHOOKS_SECRETS);
    sign_in(&page, &stage).await;
    open(&page, &stage, "push").await;
    page.submit("form[action$='sync/generate']", &[]).await;
    page.find("link", "Close").await.click().await;
    page.wait_gone("link", "Close").await;
    look.state("webhooks: two secrets accepted").await;
    page.submit("form[action$='sync/secret']", &[("secrets", Some("short"))])
        .await;
    look.state("webhooks: refused secret").await;
    open(&page, &stage, "push").await;
    page.submit("form[action$='sync/enabled']", &[("sync.enabled", None)])
        .await;
    look.state("webhooks: switched off").await;
    look.end();
    stage.stop().await;
}
