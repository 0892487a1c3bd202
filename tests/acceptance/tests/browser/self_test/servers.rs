//! Tests on the real server.

use serde_json::{Value, json};
use server::framework::Framework;

use crate::{page::Page, stage::Stage, wait};

/// An account without settings is set up with the operator endpoints, as a page will do.
pub(super) async fn an_account_is_set_up(page: Page, framework: &'static dyn Framework) {
    let stage = Stage::empty(framework).await;
    page.goto(stage.url("/livez")).await;
    assert_eq!(page.text().await, "alive\n");
    let greenhouse = stage.greenhouse();
    for part in ["assessments", "push", "sync"] {
        let (status, shown) = stage.ask("GET", &format!("settings/{part}"), None).await;
        assert_eq!(
            (status, &shown["settings"]),
            (200, &Value::Null),
            "{part}: {shown}"
        );
    }

    save(&stage, "assessments", json!({})).await;
    let key = stage.ask("POST", "keys", None).await.1;
    stage.connect_partner(key["key"].as_str().unwrap());
    assert_eq!(greenhouse.list_tests().await.unwrap().len(), 2);

    let credential = greenhouse.credential();
    let credential = json!({
        "client_id": credential.client_id, "client_secret": credential.client_secret,
    });
    let user = greenhouse.site_admin();
    save(
        &stage,
        "push",
        json!({ "credential": credential, "acting_user": user }),
    )
    .await;
    let hook =
        json!({ "hook_key": "a-hook-key-of-this-test", "secrets": ["a-secret-of-this-test"] });
    save(&stage, "sync", hook).await;
    let url = stage.url("/api/webhooks/greenhouse/a-hook-key-of-this-test");
    stage.add_webhooks(&url, "a-secret-of-this-test").await;
    stage.stop().await;
}

/// An account that is set up: candidates are assessed and pushed, Greenhouse fails, and sends
/// webhooks.
pub(super) async fn greenhouse_is_controlled(page: Page, framework: &'static dyn Framework) {
    let stage = Stage::set_up(framework).await;
    let greenhouse = stage.greenhouse();
    page.goto(stage.url(LOG)).await;
    page.wait_for_text("unauthorized").await;
    page.send_header("Authorization", &format!("Bearer {}", stage.token()))
        .await;
    page.reload().await;
    page.wait_for_text("\"entries\"").await;

    let done = stage.completed("Noor", "Haddad", 90.0).await;
    let entry = stage.settled(&done).await;
    assert_eq!(entry["status"], "done", "{entry}");

    let ada = stage.completed("Ada", "Brandt", 40.0).await;
    stage.fail_next("POST", "/v3/candidates", 422);
    let entry = stage.push(&ada).await;
    assert_eq!(entry["status"], "failed", "{entry}");
    let entry = stage.push(&ada).await;
    assert_eq!(entry["status"], "done", "{entry}");
    let mut names: Vec<_> = greenhouse
        .candidates()
        .into_iter()
        .map(|one| one.first_name)
        .collect();
    names.sort();
    assert_eq!(names, ["Ada", "Mira", "Noor"]);

    let application = entry["application"].as_i64().unwrap();
    greenhouse.reject(application).await.unwrap();
    let is_rejected = async || {
        let log = stage.log(&format!("?assessment={ada}")).await;
        log.iter().any(|entry| {
            entry["text"]
                .as_str()
                .is_some_and(|text| text.contains("rejected"))
        })
    };
    wait::until("the rejection", is_rejected).await;

    let sent = stage.send_test("discovery-call").await;
    let invited = sent.partner_interview_id.unwrap();
    let mut assessment = None;
    wait::until("the invitation", async || {
        let all = stage.ask("GET", "/product/assessments", None).await.1;
        let mut all = all.as_array().unwrap().iter();
        let of_mira = all.find(|one| one["invitation"] == *invited);
        assessment = of_mira.map(|one| one["id"].as_str().unwrap().to_owned());
        assessment.is_some()
    })
    .await;
    stage.complete(&assessment.unwrap(), 82.5).await;
    wait::until("the completion notice", async || {
        let test = stage.demo().take_home(&invited).unwrap();
        test.opened_link.is_some()
    })
    .await;
    let link = stage
        .demo()
        .take_home(&invited)
        .unwrap()
        .opened_link
        .unwrap();
    page.goto(link.location.unwrap()).await;
    page.wait_for_text("82.5").await;
    stage.stop().await;
}

async fn save(stage: &Stage, part: &str, settings: Value) {
    let path = format!("settings/{part}");
    let version = stage.ask("GET", &path, None).await.1["version"].clone();
    let form = json!({ "version": version, "settings": settings });
    let (status, saved) = stage.ask("PUT", &path, Some(form)).await;
    assert_eq!(status, 200, "{part}: {saved}");
}

const LOG: &str = "/api/integrations/greenhouse/sync-log";
