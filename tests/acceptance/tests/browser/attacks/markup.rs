use std::sync::Arc;

use axum_host::Axum;
use console::{Describe, Description};
use greenhouse_core::{
    AccountId, AssessmentId, ProductJobId,
    platform::{ProductJob, Scenario},
};
use serde_json::json;

use crate::{
    embed::Host,
    look,
    operator::{change, execute, open, sign_in},
    page::Page,
    stage::Stage,
};

/// Names of jobs, stages, users, fields and tags.
pub(super) async fn names_are_text(page: Page) {
    let texts = texts();
    let own = texts.clone();
    let stage = Stage::with(&Axum, move |account| {
        for (number, name) in own.iter().cloned().enumerate() {
            let id = ProductJobId::new(format!("job-{number}"));
            account.product_jobs.push(ProductJob {
                id,
                name: name.clone(),
            });
            let id = greenhouse_core::ScenarioId::new(format!("scenario-{number}"));
            account.scenarios.push(Scenario { id, name });
        }
    })
    .await;
    let greenhouse = stage.greenhouse();
    let mut mapped = None;
    for text in &texts {
        let job = greenhouse.seed_job(text, &[text, "Offer"]);
        mapped = mapped.or(Some(job));
        greenhouse.seed_user(text, text, &format!("{}@example.org", text.len()), true);
        let field = greenhouse.seed_custom_field("application", text, "short_text", &[]);
        assert!(field.is_ok(), "{field:?}");
    }
    let mapped = mapped.unwrap();
    let lost = greenhouse.seed_stage(mapped.job_id, &texts[1]).unwrap();
    change(&stage, "push", |stored| {
        stored["jobs"]["job-0"] = json!({ "job": mapped.job_id, "stage": lost });
        stored["tags"] = json!(["<img src=x onerror=alert(1)>", "\u{202e}tag"]);
    })
    .await;
    greenhouse.set_stage_active(lost, false).unwrap();
    sign_in(&page, &stage).await;
    for address in [
        "push",
        "push?user_q=%3Cimg",
        "push?jobs_q=%22%3E%3Cscript",
        "push/jobs/job-0",
        "push/jobs/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
        "help?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "health",
        "activity?assessment=%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&from=%3Cscript%3E",
        "button/%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
    ] {
        open(&page, &stage, address).await;
        assert_harmless(&page, address).await;
    }
    open(&page, &stage, "push").await;
    page.screenshot("push").await;
    let shown = page.text().await;
    for text in [
        "<img src=x onerror=alert(1)>",
        "\"><script>alert(1)</script>",
    ] {
        assert!(shown.contains(text), "{text} is not shown");
    }
    stage.stop().await;
}

/// Texts of the sync log, and ids of assessments and invitations.
pub(super) async fn log_texts_are_text(page: Page) {
    let stage = Stage::set_up(&Axum).await;
    let texts = texts();
    for text in &texts {
        let failed = stage.start_assessment("Lena", "Vogt").await;
        stage.complete(&failed, 41.0).await;
        stage.settled(&failed).await;
        let text = text.replace('\'', "''");
        let sql = format!(
            "UPDATE sync_log SET record = json_set(record, '$.text', '{text}', \
             '$.assessment', substr('{text}', 1, 200)), assessment = substr('{text}', 1, 200) \
             WHERE id = (SELECT MAX(id) FROM sync_log)"
        );
        execute(&stage, &sql).await;
    }
    sign_in(&page, &stage).await;
    open(&page, &stage, "activity").await;
    assert_harmless(&page, "activity").await;
    page.screenshot("activity").await;
    let shown = page.text().await;
    for text in &texts[..2] {
        assert!(shown.contains(text), "{text} is not shown");
    }
    for entry in stage.log("").await {
        let address = format!("activity/{}", entry["id"]);
        open(&page, &stage, &address).await;
        assert_harmless(&page, &address).await;
    }
    stage.stop().await;
}

/// Labels and addresses that the product returns for assessments.
pub(super) async fn labels_are_text(page: Page) {
    let files = vec![("/favicon.ico".to_owned(), "image/png", None, String::new())];
    let host = Host::start(files, Some(Arc::new(Hostile(texts())))).await;
    page.goto(host.url("/sign-in/acme")).await;
    for assessment in &host.assessments {
        let address = host.url(&format!("/settings/greenhouse/button/{assessment}"));
        page.goto(&address).await;
        page.wait_until_loaded().await;
        page.submit(".gh-push form", &[]).await;
        page.wait_for_text("In Greenhouse").await;
        assert_harmless(&page, &address).await;
    }
    page.goto(host.url("/settings/greenhouse/activity")).await;
    page.wait_until_loaded().await;
    assert_harmless(&page, "activity").await;
    page.screenshot("activity").await;
    assert!(page.text().await.contains("<img src=x onerror=alert(1)>"));
    let links = "return [...document.querySelectorAll('a[href]')].filter((link) => \
        !['http:', 'https:'].includes(new URL(link.getAttribute('href'), location).protocol)).length";
    assert_eq!(page.js(links, vec![]).await, 0);
    host.stop().await;
}

/// Fails if a text has become markup or run as a script, or if the layout does not hold.
async fn assert_harmless(page: &Page, address: &str) {
    let found = page.js(FOREIGN_NODES, vec![]).await;
    assert_eq!(found, json!([]), "{address}");
    for (width, height) in [(1280, 800), (360, 740)] {
        page.window(width, height).await;
        let faults = look::layout_faults(page).await;
        assert!(
            faults.is_empty(),
            "{address} at {width}:\n{}",
            faults.join("\n")
        );
    }
    page.window(1280, 800).await;
}

fn texts() -> Vec<String> {
    vec![
        "<img src=x onerror=alert(1)>".to_owned(),
        "\"><script>alert(1)</script>".to_owned(),
        "' autofocus onfocus=alert(1) x='".to_owned(),
        "\u{202e}reversed \u{2066}isolated \u{202d}left".to_owned(),
        "</textarea></select></template><svg/onload=alert(1)>".to_owned(),
        "long ".repeat(800),
        "x".repeat(4_000),
        "مرشح \u{202e}abc".repeat(40),
    ]
}

#[derive(Debug)]
struct Hostile(Vec<String>);

#[async_trait::async_trait]
impl Describe for Hostile {
    async fn describe(&self, _: &AccountId, assessment: &AssessmentId) -> Option<Description> {
        let number = assessment.as_str().bytes().map(usize::from).sum::<usize>();
        let url = [
            "javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "/own\" onclick=\"alert(1)",
        ];
        Some(Description {
            label: self.0[(number * 3) % 3].clone() + &self.0[number % self.0.len()],
            url: Some(url[number % url.len()].to_owned()),
        })
    }
}

/// Nodes and attributes that the console never creates.
const FOREIGN_NODES: &str = "
    const foreign = [...document.querySelectorAll('.gh img, .gh script, .gh iframe, .gh template')];
    const all = [...document.querySelectorAll('*')];
    const handled = all.filter((node) => [...node.attributes].some(({ name, value }) =>
        name.startsWith('on') || /^\\s*javascript:/i.test(value) || name === 'autofocus'));
    return [...foreign, ...handled].map((node) => node.outerHTML.slice(0, 200));
";
