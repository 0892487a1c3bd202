use std::sync::Arc;

use bytes::Bytes;
use greenhouse_core::{
    Background,
    health::{Check, CheckState},
    operator::{OperatorPart, OperatorService},
    parking::TaskOperator,
    store::{LogSubject, NoticeState},
};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::support::{Trouble, World};

/// Retries a sync log entry as a person.
pub(crate) async fn retry(world: &World, id: i64) -> (u16, Value) {
    ask(world, "POST", &format!("sync-log/{id}/retry")).await
}

/// Sends an operator's request to the parts that an integration with this direction has.
pub(crate) async fn ask(world: &World, method: &str, path: &str) -> (u16, Value) {
    let tasks = TaskOperator::new(world.store.clone(), world.clock.clone());
    let parts: Vec<Arc<dyn OperatorPart>> = vec![Arc::new(tasks), world.service.clone()];
    let operator = OperatorService::new(world.store.clone(), parts);
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/integrations/greenhouse/{path}"))
        .extension(world.account.clone())
        .body(Bytes::new())
        .unwrap();
    let answer = operator.handle(request).await;
    (
        answer.status().as_u16(),
        serde_json::from_slice(answer.body()).unwrap(),
    )
}

fn check<'a>(checks: &'a [Check], name: &str) -> &'a Check {
    checks.iter().find(|check| check.name == name).unwrap()
}

#[tokio::test]
async fn checks_name_the_problem_and_the_remedy() {
    let world = World::without_completion();
    let checks = world.service.checks(&world.account).await;
    assert_eq!(check(&checks, "partner_key").state, CheckState::Ok);
    assert_eq!(
        check(&checks, "completion_credential").state,
        CheckState::Warning
    );
    assert!(
        check(&checks, "completion_credential")
            .remedy
            .as_ref()
            .unwrap()
            .contains("not the partner key")
    );
    assert_eq!(check(&checks, "webhooks").state, CheckState::Warning);
    assert_eq!(check(&checks, "notices").state, CheckState::Ok);
    assert_eq!(check(&checks, "problems").state, CheckState::Ok);
}

#[tokio::test]
async fn disabled_directions_are_not_checked() {
    let world = World::new();
    // The second account has no webhooks.
    let checks = world.service.checks(&world.other).await;
    assert!(checks.iter().all(|check| check.name != "webhooks"));
    world.switch.off();
    assert!(world.service.checks(&world.account).await.is_empty());
}

#[tokio::test]
async fn a_person_can_retry_a_refused_notice() {
    let world = World::new();
    let (id, assessment) = world.finished().await;
    world
        .service
        .assessment_changed(&world.account, &assessment)
        .await
        .unwrap();
    world.transport.answer(StatusCode::FORBIDDEN, "");
    world.run_due().await;
    let failed = world.log().await.pop().unwrap();
    assert_eq!(failed.entry.subject, LogSubject::Notice);
    let checks = world.service.checks(&world.account).await;
    assert_eq!(check(&checks, "notices").state, CheckState::Problem);
    assert!(
        check(&checks, "notices")
            .text
            .starts_with("1 completion notice failed in the last day")
    );
    assert_eq!(
        check(&checks, "partner_key").text,
        "1 partner key is valid."
    );

    assert_eq!(
        retry(&world, failed.id.value()).await,
        (202, json!({ "state": "queued" }))
    );
    assert_eq!(world.invitation(&id).await.notice, NoticeState::Due);
    // The entry is no longer failed, so another retry is refused.
    assert_eq!(retry(&world, failed.id.value()).await.0, 409);
    world.transport.answer(StatusCode::OK, "");
    world.run_due().await;
    assert_eq!(world.invitation(&id).await.notice, NoticeState::Accepted);
    assert_eq!(retry(&world, failed.id.value()).await.0, 409);
    assert_eq!(
        retry(&world, 1).await.0,
        409,
        "an invitation entry cannot be retried"
    );
    assert_eq!(world.transport.sent().len(), 2);
    let checks = world.service.checks(&world.account).await;
    assert_eq!(check(&checks, "notices").state, CheckState::Ok);
}

#[tokio::test]
async fn health_shows_responses_that_greenhouse_could_not_use() {
    let world = World::new();
    let body = json!({ "api_call": "list_tests", "errors": ["bad"] });
    world
        .post("/api/greenhouse/response-error", body.to_string())
        .await;
    let checks = world.service.checks(&world.account).await;
    let problems = check(&checks, "problems");
    assert_eq!(problems.state, CheckState::Warning);
    assert_eq!(
        problems.text,
        "1 problem in the last day. Latest: Greenhouse could not use the response to list_tests: bad. \
         Check the tests in the product. If the error occurs again, contact Greenhouse Support."
    );
    world.tick(25 * 60 * 60);
    assert_eq!(
        check(&world.service.checks(&world.account).await, "problems").state,
        CheckState::Ok
    );
    world
        .deliver("e1", &json!({ "action": "ping", "payload": {} }))
        .await;
    let checks = world.service.checks(&world.account).await;
    assert!(
        check(&checks, "webhooks")
            .text
            .starts_with("The last webhook was received at 2026-11-24T11:00:00Z.")
    );
}

#[tokio::test]
async fn health_shows_the_reconciliation_schedule() {
    let world = World::new();
    let found = async || {
        let checks = world.service.checks(&world.account).await;
        let found = check(&checks, "comparison");
        assert_eq!(found.remedy.is_some(), found.state != CheckState::Ok);
        (found.state, found.text.clone())
    };
    let ok = |text: &str| (CheckState::Ok, text.to_owned());
    let not_yet = "The first comparison of pushed applications with Greenhouse will be scheduled within an hour.";
    assert_eq!(found().await, ok(not_yet));
    world.link("as-1", 11, 22).await;
    world.reader.has(Some(Trouble::Down));
    let reconciliation = world.service.reconciliation();
    reconciliation.run_due(1).await.unwrap();
    let doing = "Pushed applications are being compared with Greenhouse. The current batch started at 2026-11-23T10:00:00Z.";
    assert_eq!(found().await, ok(doing));
    world.tick(60 * 60);
    reconciliation.run_due(1).await.unwrap();
    assert_eq!(found().await, ok(doing));
    world.tick(1);
    let (state, text) = found().await;
    assert_eq!(state, CheckState::Warning);
    assert!(
        text.contains("has been overdue since 2026-11-23T10:00:00Z"),
        "{text}"
    );

    world.reader.has(None);
    world.tick(10 * 60);
    reconciliation.run_due(10).await.unwrap();
    let next = "The next comparison of pushed applications with Greenhouse is scheduled for 2026-11-23T17:10:01Z.";
    assert_eq!(found().await, ok(next));

    let blind = World::without_reader();
    let checks = blind.service.checks(&blind.account).await;
    let text = &check(&checks, "comparison").text;
    assert!(
        text.ends_with("this server does not read from Greenhouse."),
        "{text}"
    );
    let checks = world.service.checks(&world.other).await;
    assert!(checks.iter().all(|check| check.name != "comparison"));
}
