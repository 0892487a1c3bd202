//! What a person has typed is kept, or its loss is said.

use serde_json::json;

use super::{SCORECARD, TRIGGERS, at_push, stored};
use crate::page::Page;

/// Two tabs save the same settings. The second one keeps what was typed, and loads the settings of
/// the first one.
pub(super) async fn stale_settings(page: Page) {
    let (person, stage) = at_push(&page).await;
    page.open_tab().await;
    page.goto(stage.url("/console/push")).await;
    person.section(TRIGGERS).fill("Minimum score", "75").await;
    person.section(TRIGGERS).save("Save changes").await;

    page.switch_tab(0).await;
    let part = person.section(SCORECARD);
    part.fill("Strong Yes from", "91").await;
    part.fill("Tags", "from the first tab").await;
    part.submit("button", "Save changes").await;
    part.shows("Someone else has changed these settings").await;
    assert_eq!(part.field("Strong Yes from").await.value().await, "91");
    assert_eq!(part.field("Tags").await.value().await, "from the first tab");
    let settings = stored(&stage).await;
    assert_eq!(settings["trigger"]["minimum"], 75);
    assert_eq!(settings["tags"], json!([]), "nothing was saved");

    // What is kept is not saved, so it is marked, and lost only after a question.
    part.shows("Unsaved changes").await;
    assert!(!person.section(TRIGGERS).text().await.contains("Unsaved"));
    assert_eq!(page.js(LEAVES, vec![]).await, false, "the browser asks");
    part.press("link", "Load the current settings").await;
    assert_eq!(page.answer_question(false).await, QUESTION);
    assert_eq!(part.field("Strong Yes from").await.value().await, "91");
    part.press("link", "Load the current settings").await;
    assert_eq!(page.answer_question(true).await, QUESTION);
    let is_gone = async || {
        page.try_js(NOTHING_UNSAVED).await == Some(true.into())
            && !person.sees("Someone else has changed").await
    };
    page.wait_for("the current settings", is_gone).await;
    assert_eq!(page.js(LEAVES, vec![]).await, true);
    assert_eq!(part.field("Strong Yes from").await.value().await, "80");
    let minimum = person.section(TRIGGERS).field("Minimum score").await;
    assert_eq!(minimum.value().await, "75");
    part.fill("Strong Yes from", "91").await;
    part.save("Save changes").await;
    let settings = stored(&stage).await;
    assert_eq!(settings["thresholds"]["strong_yes"], 91);
    assert_eq!(settings["trigger"]["minimum"], 75);

    page.switch_tab(1).await;
    page.reload().await;
    assert_eq!(part.field("Strong Yes from").await.value().await, "91");
    stage.stop().await;
}

/// A mapping that is saved in a drawer after the settings were changed meanwhile.
pub(super) async fn stale_mapping(page: Page) {
    let (person, stage) = at_push(&page).await;
    person
        .section("Job mapping")
        .press("link", "Change Account Executive")
        .await;
    let drawer = person.part("dialog", "Change");
    drawer.choose("Stage", "Offer").await;

    page.open_tab().await;
    page.goto(stage.url("/console/push")).await;
    person.section(TRIGGERS).fill("Minimum score", "75").await;
    person.section(TRIGGERS).save("Save changes").await;

    page.switch_tab(0).await;
    let before = stored(&stage).await["jobs"].clone();
    drawer.press("button", "Save the mapping").await;
    page.wait_for_text("Someone else has changed these settings")
        .await;
    let list = page.field("Stage").await;
    let chosen = list
        .js("return arguments[0].selectedOptions[0].label")
        .await;
    assert_eq!(chosen, "Offer", "what was chosen is kept");
    assert_eq!(stored(&stage).await["jobs"], before, "nothing was saved");
    stage.stop().await;
}

/// Changes that are not saved are marked, and guarded when the page is left.
pub(super) async fn unsaved_changes(page: Page) {
    let (person, stage) = at_push(&page).await;
    let part = person.section(SCORECARD);
    assert!(!person.sees("Unsaved changes").await);
    assert_eq!(page.js(LEAVES, vec![]).await, true);
    part.fill("Strong Yes from", "91").await;
    part.shows("Unsaved changes").await;
    assert!(!person.section(TRIGGERS).text().await.contains("Unsaved"));
    assert_eq!(page.js(LEAVES, vec![]).await, false, "the browser asks");

    // A part of the page is not replaced without a question.
    let user = person.section("Acting user");
    user.fill("Search by name, email address or ID", "ada")
        .await;
    user.press("button", "Search").await;
    assert_eq!(page.answer_question(false).await, QUESTION);
    let strong_yes = part.field("Strong Yes from").await;
    assert_eq!(strong_yes.value().await, "91");
    page.js(
        "document.querySelector('.gh').toggleAttribute('data-test-seen')",
        vec![],
    )
    .await;
    user.press("button", "Search").await;
    assert_eq!(page.answer_question(true).await, QUESTION);
    page.wait_for("the page without the changes", async || {
        page.try_js("return document.querySelector('[data-test-seen], [aria-busy]') === null")
            .await
            == Some(true.into())
    })
    .await;
    assert_eq!(part.field("Strong Yes from").await.value().await, "80");

    part.fill("Strong Yes from", "91").await;
    part.fill("Strong Yes from", "80").await;
    assert!(
        !person.sees("Unsaved changes").await,
        "the stored value is no change"
    );
    part.fill("Strong Yes from", "91").await;
    part.save("Save changes").await;
    assert!(!person.sees("Unsaved changes").await);
    assert_eq!(page.js(LEAVES, vec![]).await, true);

    // A refused form is still not saved.
    part.fill("Strong Yes from", "10").await;
    part.submit("button", "Save changes").await;
    part.shows("Unsaved changes").await;
    stage.stop().await;
}

const QUESTION: &str = "Your changes are not saved. Discard them?";
/// Returns `true` if the page is complete and has no changes.
const NOTHING_UNSAVED: &str = "
    return document.querySelector('[aria-busy], [data-dirty]') === null";
/// Returns `false` if the browser would ask before it leaves the page.
const LEAVES: &str = "return dispatchEvent(new Event('beforeunload', { cancelable: true }))";
