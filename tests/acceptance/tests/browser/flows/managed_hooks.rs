//! A person has the server create the webhooks in Greenhouse, and repairs one.

use greenhouse_core::webhook::HookEvent;
use mock_greenhouse::HookForm;

use super::person::Person;
use crate::{stage::Stage, wait};

/// Creates the webhooks with one button, sees a disabled one, and repairs it.
pub(super) async fn create_and_repair(person: &Person, stage: &Stage) {
    let greenhouse = stage.greenhouse();
    for hook in greenhouse.hooks() {
        greenhouse.delete_hook(hook.id).unwrap();
    }
    person.open("Candidate Push").await;
    let part = person.section("Bidirectional sync");
    part.press("button", "Create the webhooks for me").await;
    part.shows("10 webhooks were created here and exist in Greenhouse.")
        .await;
    assert_eq!(greenhouse.hooks().len(), HookEvent::ALL.len());
    wait::until("the pings", async || {
        greenhouse.hooks().iter().all(|hook| hook.active)
    })
    .await;
    person.page.assert_accessible().await;

    let hook = greenhouse.hooks().remove(0);
    let form = HookForm::default().with_active(false);
    greenhouse.change_hook(hook.id, form).await.unwrap();
    let part = person.section("Bidirectional sync");
    part.press("button", "Check the webhooks now").await;
    part.shows(": disabled").await;
    let part = person.section("Bidirectional sync");
    part.press("button", "Repair the webhooks").await;
    wait::until("the repair", async || {
        greenhouse.hooks().iter().all(|hook| hook.active)
    })
    .await;
    assert_eq!(greenhouse.hooks().len(), HookEvent::ALL.len());
    person.open("Candidate Push").await;
    assert!(!person.sees(": disabled").await);
}
