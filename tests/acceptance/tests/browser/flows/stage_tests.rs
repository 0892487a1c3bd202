//! A person adds a test for a stage, and removes it.

use serde_json::json;

use super::person::Person;
use crate::stage::Stage;

pub(super) async fn add_and_remove(person: &Person, stage: &Stage) {
    person.open("Candidate Push").await;
    person.see("No stage has a test.").await;
    let part = person.section("Tests by stage");
    part.submit("link", "Add a test").await;
    let part = person.section("Tests by stage");
    part.choose("Greenhouse job", "Account Executive").await;
    part.submit("button", "Show stages").await;
    let part = person.section("Tests by stage");
    part.choose("Stage that applications enter", "Face to face")
        .await;
    part.choose("Test to which candidates are invited", "Discovery call")
        .await;
    part.save("Add test").await;
    person.page.assert_accessible().await;

    let stored = stage.ask("GET", "settings/push", None).await.1["settings"].clone();
    let tests = &stored["stage_tests"];
    assert_eq!(tests[0]["stage"], stage.demo().next_stage, "{tests}");
    assert_eq!(tests[0]["scenario"], "discovery-call");

    let part = person.section("Tests by stage");
    part.press("DisclosureTriangle", "Remove").await;
    part.save("Remove test").await;
    person.see("No stage has a test.").await;
    let stored = stage.ask("GET", "settings/push", None).await.1["settings"].clone();
    assert_eq!(stored["stage_tests"], json!([]));
}
