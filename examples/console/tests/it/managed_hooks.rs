//! Webhooks that the console has the server create in Greenhouse.

use greenhouse_core::webhook::HookEvent;
use mock_greenhouse::{Fault, FaultKind};

use crate::stage::Stage;

#[tokio::test]
async fn the_webhooks_are_created_checked_repaired_and_deleted() {
    let stage = Stage::set_up().await;
    let before = stage.get("/push").await.section("sync");
    assert!(before.contains("Create the webhooks for me"));
    assert!(before.contains("Steps in Greenhouse"));
    assert!(!before.contains("data-hooks"));

    let created = stage.save("/push", "/push/sync/hooks/create", &[]).await;
    let location = created.location.as_deref();
    assert_eq!(
        (created.status, location),
        (303, Some("/mounted/push#sync"))
    );
    assert_eq!(stage.greenhouse.hooks().len(), HookEvent::ALL.len());
    let section = stage.get("/push").await.section("sync");
    assert!(section.contains("10 webhooks were created here and exist in Greenhouse."));
    assert!(section.contains("Last check: <time"), "{section}");
    for absent in [
        "Create the webhooks for me",
        "Steps in Greenhouse",
        "Repair the webhooks",
    ] {
        assert!(!section.contains(absent), "{absent}");
    }
    assert_eq!(section.matches("data-event=").count(), 10);

    let hook = stage.greenhouse.hooks().remove(0);
    assert!(stage.greenhouse.settle().await);
    // Nothing is at the public URL of this test, so each ping fails.
    stage.save("/push", "/push/sync/hooks/check", &[]).await;
    let section = stage.get("/push").await.section("sync");
    assert_eq!(section.matches("data-hook=").count(), 10);
    assert!(section.contains(&format!("data-hook=\"{}\"", hook.action)));
    assert!(section.contains(": disabled</li>") && section.contains("Repair the webhooks"));

    let repaired = stage.save("/push", "/push/sync/hooks/repair", &[]).await;
    assert_eq!(repaired.status, 303);
    let section = stage.get("/push").await.section("sync");
    assert!(!section.contains("data-hook=") && !section.contains("Repair the webhooks"));
    assert_eq!(stage.greenhouse.requests("PATCH", "/v3/webhooks/{id}"), 10);

    let removed = stage.save("/push", "/push/sync/hooks/remove", &[]).await;
    assert_eq!(removed.status, 303);
    assert!(stage.greenhouse.hooks().is_empty());
    let section = stage.get("/push").await.section("sync");
    assert!(section.contains("Create the webhooks for me"));
}

#[tokio::test]
async fn without_permission_the_steps_stay_with_the_reason() {
    let stage = Stage::set_up().await;
    let scope = "harvest:webhooks:destroy";
    stage.greenhouse.withhold_scope(scope, true);
    let section = stage.get("/push").await.section("sync");
    let reason = section.split_once("data-hooks=\"not-allowed\"").unwrap().1;
    let reason = reason.split_once("</p>").unwrap().0;
    for text in [scope, "Create the webhooks in Greenhouse", "Manage Scopes"] {
        assert!(reason.contains(text), "{text}: {reason}");
    }
    assert!(section.contains("Steps in Greenhouse"));
    assert!(!section.contains("Create the webhooks for me"));

    // A page that was opened before.
    let refused = stage.save("/push", "/push/sync/hooks/create", &[]).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .section("sync")
            .contains("data-code=\"hooks_not_allowed\"")
    );
    assert!(stage.greenhouse.hooks().is_empty());
}

#[tokio::test]
async fn a_webhook_that_is_not_created_is_explained() {
    let stage = Stage::set_up().await;
    let (status, applied) = (422, false);
    let fault = Fault::new(
        "POST",
        "/v3/webhooks",
        FaultKind::Status { status, applied },
    );
    stage.greenhouse.add_fault(fault.nth(4));
    let created = stage.save("/push", "/push/sync/hooks/create", &[]).await;
    assert_eq!(created.status, 422);
    let section = created.section("sync");
    assert!(
        section.contains("9 webhooks were created here"),
        "{section}"
    );
    assert!(section.contains("data-code=\"hooks_incomplete\""));
    assert!(section.contains("does not exist</li>"));
    stage.save("/push", "/push/sync/hooks/repair", &[]).await;
    assert_eq!(stage.greenhouse.hooks().len(), 10);
}

#[tokio::test]
async fn unknown_actions_are_not_found() {
    let stage = Stage::set_up().await;
    let unknown = stage.save("/push", "/push/sync/hooks/news", &[]).await;
    assert_eq!(unknown.status, 404);
    assert_eq!(stage.get("/push/sync/hooks/create").await.status, 303);
    assert!(stage.greenhouse.hooks().is_empty());
}
