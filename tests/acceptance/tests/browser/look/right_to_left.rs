//! Pages of a product with names from the right to the left, and pages whose own texts are.

use std::sync::Arc;

use console::{
    Describe, Description,
    texts::{CommonTexts, Texts},
};
use greenhouse_core::{AccountId, AssessmentId};
use mock_greenhouse::{Fault, FaultKind};
use serde_json::json;

use super::{
    inspection::Inspection,
    states::{NAMES, RIGHT_TO_LEFT},
};
use crate::{embed::Host, page::Page};

/// The host names its assessments. The pages are in English.
pub(super) async fn inspect_names(page: Page) {
    let host = Host::start(files(), Some(Arc::new(Arabic))).await;
    page.goto(host.url("/sign-in/acme")).await;
    let mut look = Inspection::new(&page, NAMES);
    push(&page, &host, 2).await;
    assert!(page.text().await.contains(NAME), "{}", page.text().await);
    look.state("names: button").await;
    refuse_next(&host);
    push(&page, &host, 0).await;
    assert!(
        page.text().await.contains(LONG_NAME),
        "{}",
        page.text().await
    );
    look.state("names: button with a link").await;
    push(&page, &host, 1).await;
    open(&page, &host, "activity").await;
    for name in [NAME, LONG_NAME, MIXED_NAME] {
        assert!(page.text().await.contains(name), "{name}");
    }
    look.state("names: activity").await;
    let address = page.js(FIRST_ENTRY, vec![]).await;
    page.goto(address.as_str().unwrap()).await;
    page.wait_until_loaded().await;
    look.state("names: entry").await;
    open(&page, &host, "activity").await;
    open_drawer(&page).await;
    look.state("names: drawer").await;
    look.end();
    host.stop().await;
}

/// The pages, the names of the host and those of Greenhouse are from the right to the left.
pub(super) async fn inspect(page: Page) {
    let host = Host::with_texts(files(), Some(Arc::new(Arabic)), &ARABIC).await;
    let greenhouse = &host.greenhouse;
    let job = greenhouse.seed_job(LONG_NAME, &[NAME, MIXED_NAME]);
    greenhouse.seed_user(NAME, LONG_NAME, "user@example.org", true);
    let field = greenhouse.seed_custom_field("application", NAME, "short_text", &[]);
    assert!(field.is_ok(), "{field:?}");
    host.change_push(|push| {
        push["jobs"]["account-executive"] = json!({ "job": job.job_id, "stage": job.stage(NAME) });
        push["tags"] = json!([NAME, MIXED_NAME]);
    })
    .await;
    page.goto(host.url("/sign-in/acme")).await;
    let mut look = Inspection::new(&page, RIGHT_TO_LEFT);
    open(&page, &host, "assessments").await;
    assert_eq!(page.js(DIRECTION, vec![]).await, "rtl");
    look.state("right to left: assessments").await;
    open(&page, &host, "push").await;
    look.state("right to left: push").await;
    open(&page, &host, "push?jobs_q=Account").await;
    look.state("right to left: jobs").await;
    open(&page, &host, "push/jobs/account-executive").await;
    look.state("right to left: mapping of a job").await;
    greenhouse.set_scopes(["harvest:candidates:list", "harvest:users:list"]);
    open(&page, &host, "health").await;
    page.js(UNFOLD, vec![]).await;
    look.state("right to left: health").await;
    greenhouse.set_scopes(mock_greenhouse::Config::default().credential.scopes);

    push(&page, &host, 0).await;
    refuse_next(&host);
    push(&page, &host, 1).await;
    look.state("right to left: button").await;
    open(&page, &host, "activity").await;
    look.state("right to left: activity").await;
    open_drawer(&page).await;
    look.state("right to left: drawer").await;
    open(&page, &host, "help/several_candidates").await;
    look.state("right to left: one paragraph of the help").await;
    // The last state, because the browser complains if a script leaves unsaved changes.
    open(&page, &host, "push").await;
    let refused = [("thresholds.yes", Some("many")), ("tags", Some("a\nb\nc"))];
    page.submit("form[action*='push/scorecard']", &refused)
        .await;
    look.state("right to left: refused scorecard mapping").await;
    look.end();
    host.stop().await;
}

async fn open(page: &Page, host: &Host, address: &str) {
    page.goto(host.url(&format!("/settings/greenhouse/{address}")))
        .await;
    page.wait_until_loaded().await;
}

/// Pushes an assessment with its button, and waits for the end.
async fn push(page: &Page, host: &Host, number: usize) {
    let assessment = &host.assessments[number];
    open(page, host, &format!("button/{assessment}")).await;
    page.submit(".gh-push form", &[]).await;
    let has_ended = "return !!document.querySelector('.gh-push [data-poll-end]')";
    page.wait_until("the end of the push", has_ended).await;
}

async fn open_drawer(page: &Page) {
    let click = "document.querySelector('[data-rows] a[data-drawer]').click()";
    page.js(click, vec![]).await;
    let is_open = "return !!document.querySelector('dialog .gh-facts')";
    page.wait_until("the drawer", is_open).await;
}

/// Lets Greenhouse refuse the next candidate.
fn refuse_next(host: &Host) {
    let kind = FaultKind::Status {
        status: 422,
        applied: false,
    };
    let fault = Fault::new("POST", "/v3/candidates", kind);
    host.greenhouse.add_fault(fault);
}

fn files() -> Vec<(String, &'static str, Option<&'static str>, String)> {
    vec![("/favicon.ico".to_owned(), "image/png", None, String::new())]
}

/// Names the three assessments of the host.
#[derive(Debug)]
struct Arabic;

#[async_trait::async_trait]
impl Describe for Arabic {
    async fn describe(&self, _: &AccountId, assessment: &AssessmentId) -> Option<Description> {
        let number = assessment.as_str().bytes().last().map_or(0, usize::from);
        let (label, url) = match number % 3 {
            0 => (NAME, None),
            1 => (LONG_NAME, Some("/candidates/7")),
            _ => (MIXED_NAME, Some("/candidates/8")),
        };
        Some(Description {
            label: label.to_owned(),
            url: url.map(str::to_owned),
        })
    }
}

/// The English texts in the other direction, with some titles and buttons in Arabic.
const ARABIC: Texts = Texts {
    language: "ar",
    direction: "rtl",
    common: CommonTexts {
        settings: "التكامل مع Greenhouse",
        tab_assessments: "التقييمات",
        tab_push: "إرسال المرشحين",
        tab_health: "الحالة",
        activity: "النشاط",
        help: "المساعدة",
        save: "حفظ التغييرات",
        check_again: "التحقق مرة أخرى",
        ..CommonTexts::ENGLISH
    },
    ..Texts::ENGLISH
};
const NAME: &str = "ميرا القاسمي";
const LONG_NAME: &str =
    "عبد الرحمن بن محمد بن عبد العزيز آل الشيخ القاسمي المرشح لمنصب مدير المبيعات الإقليمي";
const MIXED_NAME: &str = "נועה Noa (Tel Aviv) 42";

const DIRECTION: &str = "return getComputedStyle(document.querySelector('.gh')).direction";
const FIRST_ENTRY: &str = "return document.querySelector('[data-rows] a[data-drawer]').href";
const UNFOLD: &str = "for (const one of document.querySelectorAll('details')) one.open = true";
