//! A person counts past results, and brings them over.

use serde_json::json;

use super::person::Person;
use crate::stage::Stage;

/// Two results were below the minimum of the trigger. Then the trigger takes every result.
pub(super) async fn bring_over(person: &Person, stage: &Stage) {
    for (first, last) in [("Ada", "Brandt"), ("Lena", "Vogt")] {
        let assessment = stage.completed(first, last, 40.0).await;
        let entry = stage.settled(&assessment).await;
        assert_eq!(entry["status"], "skipped", "{entry}");
    }
    let (_, mut stored) = stage.ask("GET", "settings/push", None).await;
    stored["settings"]["trigger"] = json!({ "kind": "on_complete" });
    let (status, saved) = stage.ask("PUT", "settings/push", Some(stored)).await;
    assert_eq!(status, 200, "{saved}");
    let before = stage.greenhouse().candidates().len();

    person.open("Candidate Push").await;
    let part = person.section("Past results");
    part.fill("Days", "7").await;
    part.submit("button", "Count first").await;
    without_anchor(person).await;
    person
        .see("2 of 2 results of the last 7 days would be brought over.")
        .await;
    person.page.assert_accessible().await;
    assert_eq!(stage.greenhouse().candidates().len(), before);

    let part = person.section("Past results");
    part.submit("button", "Bring over 2 results").await;
    without_anchor(person).await;
    person.see("Done: 2 of 2 results were brought over.").await;
    assert_eq!(stage.greenhouse().candidates().len(), before + 2);
}

/// Opens the page without the anchor of the section. Without scripts, a page with an anchor would
/// only be scrolled instead of loaded again.
async fn without_anchor(person: &Person) {
    if !person.has_scripts {
        person.open("Candidate Push").await;
    }
}
