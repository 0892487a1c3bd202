//! Settings that cannot work are shown at their fields, with what was typed.

use serde_json::Value;

use super::{SCORECARD, at_push, stored};
use crate::{flows::person::Part, page::Page, stage::Stage};

/// Bounds in the wrong order, and one that is no number.
pub(super) async fn invalid_bounds(page: Page) {
    let (person, stage) = at_push(&page).await;
    let before = stored(&stage).await;
    let part = person.section(SCORECARD);
    part.fill("Yes from", "95").await;
    part.fill("No from", "many").await;
    part.submit("button", "Save changes").await;
    part.shows("Nothing was saved.").await;
    assert_problem(part, "No from", "many", "number").await;
    part.fill("No from", "20").await;
    part.submit("button", "Save changes").await;
    part.shows("Nothing was saved.").await;
    assert_problem(
        part,
        "Strong Yes from",
        "80",
        "must be above the bound for Yes (95)",
    )
    .await;
    assert_eq!(part.field("Yes from").await.value().await, "95");
    for label in ["Mixed from", "No from"] {
        assert_valid(part, label).await;
    }
    assert_eq!(stored(&stage).await, before);
    part.fill("Yes from", "65").await;
    part.save("Save changes").await;
    assert_valid(part, "Strong Yes from").await;
    stage.stop().await;
}

/// A source that Greenhouse does not have.
pub(super) async fn unknown_source(page: Page) {
    let (person, stage) = at_push(&page).await;
    fail(&stage, "/v3/sources", true);
    person.open("Candidate Push").await;
    page.find("link", "Load them again").await.click().await;
    let part = person.section(SCORECARD);
    part.shows("The sources could not be loaded").await;
    part.fill("Source of new applications", "4242").await;
    fail(&stage, "/v3/sources", false);
    part.submit("button", "Save changes").await;
    part.shows("Nothing was saved.").await;
    assert_problem(part, "Source of new applications", "4242", "4242").await;
    assert_eq!(stored(&stage).await["source"], Value::Null);
    stage.stop().await;
}

/// An acting user whom Greenhouse does not have.
pub(super) async fn unknown_user(page: Page) {
    let (person, stage) = at_push(&page).await;
    let before = stored(&stage).await;
    fail(&stage, "/v3/users", true);
    person.open("Candidate Push").await;
    page.find("link", "Load them again").await.click().await;
    let part = person.section("Acting user");
    part.shows("The list could not be loaded from Greenhouse.")
        .await;
    part.fill("User ID", "4242").await;
    fail(&stage, "/v3/users", false);
    part.submit("button", "Save the acting user").await;
    part.shows("Nothing was saved.").await;
    let text = part.text().await;
    assert!(text.contains("4242"), "{text}");
    assert_eq!(stored(&stage).await, before);
    stage.stop().await;
}

/// A credential without a scope that every push needs.
pub(super) async fn missing_scope(page: Page) {
    let (person, stage) = at_push(&page).await;
    let scope = "harvest:candidates:create";
    stage.greenhouse().withhold_scope(scope, true);
    let before = stored(&stage).await;
    let part = person.section("Harvest credential");
    let secret = stage.greenhouse().credential().client_secret.clone();
    part.fill("Client secret", &secret).await;
    part.submit("button", "Check and save").await;
    part.shows("The credential lacks 1 scope.").await;
    part.shows(scope).await;
    assert!(person.page.has("button", "Copy Missing scopes").await);
    assert_eq!(stored(&stage).await, before);
    assert_eq!(
        part.field("Client secret").await.value().await,
        "",
        "a secret is not shown"
    );
    stage.greenhouse().withhold_scope(scope, false);
    part.fill("Client secret", &secret).await;
    part.save("Check and save").await;
    stage.stop().await;
}

/// A job that was closed in Greenhouse.
pub(super) async fn closed_job(page: Page) {
    let (person, stage) = at_push(&page).await;
    let before = stored(&stage).await;
    let job = before["jobs"]["account-executive"]["job"].as_i64().unwrap();
    stage.greenhouse().set_job_status(job, "closed").unwrap();
    person.open("Candidate Push").await;
    page.find("link", "Load them again").await.click().await;
    let table = person.section("Job mapping");
    table.shows("Not open in Greenhouse").await;
    table.shows("1 mapped job cannot be used as it is:").await;
    table.press("link", "Change Account Executive").await;
    let drawer = person.part("dialog", "Change");
    drawer.shows("Save the mapping").await;
    drawer.press("button", "Save the mapping").await;
    page.wait_for_text("Nothing was saved.").await;
    let list = page.field("Open jobs in Greenhouse").await;
    assert_eq!(list.property("invalid").await, "true");
    assert!(!list.description().await.is_empty());
    assert_eq!(stored(&stage).await, before);
    stage.stop().await;
}

/// The field has kept what was typed, is marked as invalid and describes its problem.
async fn assert_problem(part: Part<'_>, label: &str, typed: &str, text: &str) {
    let field = part.field(label).await;
    assert_eq!(field.value().await, typed, "{label}");
    assert_eq!(field.property("invalid").await, "true", "{label}");
    let problem = field.description().await;
    assert!(problem.contains(text), "{label}: {problem}");
}

async fn assert_valid(part: Part<'_>, label: &str) {
    let field = part.field(label).await;
    assert_ne!(field.property("invalid").await, "true", "{label}");
}

/// Lets Greenhouse fail to list records, or removes all failures.
fn fail(stage: &Stage, path: &str, fails: bool) {
    let greenhouse = stage.greenhouse();
    greenhouse.clear_faults();
    if fails {
        let (status, applied) = (503, false);
        let kind = mock_greenhouse::FaultKind::Status { status, applied };
        greenhouse.add_fault(mock_greenhouse::Fault::new("GET", path, kind).every());
    }
}
