use serde_json::Value;

use super::{
    Host,
    product_page::{FREE, HOSTILE, ProductPage},
};
use crate::{look, page::Page};

/// Settings are saved inside the element, its links stay inside it, the page sees the events, and
/// the button pushes.
pub(super) async fn work(page: Page, product: &ProductPage) {
    let host = Host::start(product.files(), None).await;
    page.goto(host.url("/sign-in/acme")).await;
    page.goto(host.url("/settings")).await;
    page.find("heading", "Partner keys").await;
    submit(&page, "form[action$='thresholds']", "thresholds.yes", "61").await;
    heard(&page, "greenhouse-saved thresholds").await;
    page.wait_for_text("The changes are saved.").await;
    let stored = host.settings("assessments").await;
    assert_eq!(stored["thresholds"]["yes"], 61.0, "{stored}");

    submit(
        &page,
        "form[action$='thresholds']",
        "thresholds.yes",
        "many",
    )
    .await;
    heard(&page, "greenhouse-error").await;
    page.wait_for_text("Nothing was saved.").await;
    page.find("link", "Candidate Push").await;
    // The form has unsaved changes, so the element asks before it leaves the page.
    page.js("window.confirm = () => true", vec![]).await;
    page.find("link", "Candidate Push").await.click().await;
    page.find("heading", "Scorecard mapping").await;
    page.find("link", "Help").await.click().await;
    page.field("Search the help").await;
    assert_eq!(page.url().await, host.url("/settings"));
    page.take_console().await;

    push(&page, &host, "greenhouse-pushed push").await;
    page.goto(host.url("/activity")).await;
    page.find("table", "Entries of the sync log, newest first")
        .await;
    page.wait_for_text("Pushed 1").await;
    assert_eq!(page.url().await, host.url("/activity"));
    host.stop().await;
}

/// Pushes an assessment with the button on the page `/push`, after one that Greenhouse refuses.
async fn push(page: &Page, host: &Host, expected: &str) {
    let [first, second, _] = &host.assessments[..] else {
        panic!("three assessments");
    };
    page.goto(host.url("/push")).await;
    page.wait_for_text("The product does not have this assessment.")
        .await;
    let fail = mock_greenhouse::FaultKind::Status {
        status: 422,
        applied: false,
    };
    let fault = mock_greenhouse::Fault::new("POST", "/v3/candidates", fail);
    host.greenhouse.add_fault(fault);
    show(page, first.as_str()).await;
    page.find("button", "Push to Greenhouse")
        .await
        .click()
        .await;
    page.find("button", "Retry").await;
    heard(page, "greenhouse-error push").await;

    show(page, second.as_str()).await;
    page.find("button", "Push to Greenhouse")
        .await
        .click()
        .await;
    page.wait_for_text("In Greenhouse").await;
    heard(page, expected).await;
    let names: Vec<_> = host.greenhouse.candidates();
    assert!(
        names.iter().any(|one| one.first_name == "Noor"),
        "{names:?}"
    );
    page.take_console().await;
}

async fn show(page: &Page, assessment: &str) {
    let script =
        "document.querySelector('greenhouse-push').setAttribute('assessment', arguments[0])";
    page.js(script, vec![assessment.into()]).await;
}

async fn submit(page: &Page, form: &str, field: &str, value: &str) {
    let script = "
        const { shadowRoot } = document.querySelector('greenhouse-settings');
        const form = shadowRoot.querySelector(arguments[0]);
        form.elements[arguments[1]].value = arguments[2];
        form.requestSubmit(form.querySelector('[type=submit]'));
    ";
    page.js(script, vec![form.into(), field.into(), value.into()])
        .await;
}

/// Waits until the page has seen an event that begins with this text.
async fn heard(page: &Page, event: &str) {
    let script = format!("return window.heard.some((one) => one.startsWith('{event}'))");
    page.wait_until(event, &script).await;
}

/// The style sheet of the page changes nothing inside an element.
pub(super) async fn keep_their_look(page: Page) {
    let mut looks = Vec::new();
    for product in [&FREE, &HOSTILE] {
        let host = Host::start(product.files(), None).await;
        page.goto(host.url("/sign-in/acme")).await;
        page.goto(host.url("/settings")).await;
        page.find("heading", "Partner keys").await;
        page.wait_until("the style sheet", STYLED).await;
        page.screenshot(&format!("settings-{}", looks.len())).await;
        looks.push(page.js(LOOK, vec![]).await);
        host.stop().await;
    }
    let [calm, hostile] = &looks[..] else {
        unreachable!("two pages");
    };
    let of = |look: &Value| look.as_array().unwrap().clone();
    let (calm, hostile) = (of(calm), of(hostile));
    assert!(calm.len() > 100, "{calm:?}");
    let differ: Vec<_> = calm
        .iter()
        .zip(&hostile)
        .filter(|(one, other)| one != other)
        .collect();
    assert!(differ.is_empty(), "{differ:#?}");
    assert_eq!(calm.len(), hostile.len());
}

pub(super) async fn are_accessible(page: Page) {
    let host = Host::start(FREE.files(), None).await;
    page.goto(host.url("/sign-in/acme")).await;
    let mut faults = Vec::new();
    for (element, text) in [
        ("settings", "Partner keys"),
        ("activity", "Sync log"),
        ("push", "The product does not have this assessment."),
    ] {
        page.goto(host.url(&format!("/{element}"))).await;
        page.wait_for_text(text).await;
        for theme in ["light", "dark"] {
            page.color_scheme(theme).await;
            let found = page.axe().await.into_iter();
            faults.extend(found.map(|fault| format!("{element}, {theme}: {fault}")));
        }
        page.color_scheme("light").await;
        page.window(360, 740).await;
        let found = look::layout_faults(&page).await.into_iter();
        faults.extend(found.map(|fault| format!("{element}, phone: {fault}")));
        page.screenshot(element).await;
        page.window(1280, 800).await;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    host.stop().await;
}

const STYLED: &str = "
    const { shadowRoot } = document.querySelector('greenhouse-settings');
    return getComputedStyle(shadowRoot.querySelector('.gh-section')).borderTopWidth === '1px';
";

/// The visible style of every node inside the element.
const LOOK: &str = "
    const { shadowRoot } = document.querySelector('greenhouse-settings');
    return [...shadowRoot.querySelectorAll('.gh, .gh *')].map((node) => {
        const { color, fontSize, fontFamily, fontWeight, display, textDecorationLine, cursor,
            lineHeight, letterSpacing, textAlign, visibility } = getComputedStyle(node);
        return [`${node.localName}.${node.className}`, color, fontSize, fontFamily, fontWeight,
            display, textDecorationLine, cursor, lineHeight, letterSpacing, textAlign, visibility]
            .join(' | ');
    });
";
