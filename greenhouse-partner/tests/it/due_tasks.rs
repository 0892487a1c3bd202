use greenhouse_core::{AssessmentId, platform::Outcome, store::TaskKind};
use serde_json::json;

use crate::support::World;

fn rejected(application: i64) -> serde_json::Value {
    json!({ "action": "reject_candidate", "payload": { "application": {
        "id": application, "status": "rejected", "candidate": { "id": 11 }, "last_activity_at": "2026-11-23T09:59:00Z",
        "current_stage": { "id": 5, "name": "Onsite" },
    } } })
}

#[tokio::test]
async fn an_unavailable_product_receives_outcomes_later() {
    let world = World::new();
    world.link("as-1", 11, 22).await;
    world.deliver("e1", &rejected(22)).await;
    world.platform.set_down(true);
    for wait in [5, 10, 20] {
        let next = world.run_due().await.unwrap();
        assert_eq!((next - world.now()).num_seconds(), wait);
        world.tick(wait.try_into().unwrap());
    }
    world.platform.set_down(false);
    assert_eq!(world.run_due().await, None);
    let outcome = world
        .platform
        .outcome(&world.account, &AssessmentId::new("as-1"));
    assert_eq!(outcome, Some((Outcome::Rejected, 1)));
}

#[tokio::test]
async fn a_burst_is_processed_within_the_limit_of_each_call() {
    use greenhouse_core::Background;
    let world = World::new();
    for application in 0..30 {
        world
            .link(&format!("as-{application}"), 11, application)
            .await;
        world
            .deliver(&format!("e{application}"), &rejected(application))
            .await;
    }
    assert_eq!(world.backlog(TaskKind::NotifyProduct).await, 30);
    assert_eq!(world.service.run_due(0).await.unwrap(), Some(world.now()));
    world.service.run_due(20).await.unwrap();
    assert_eq!(world.backlog(TaskKind::NotifyProduct).await, 10);
    assert_eq!(world.service.run_due(20).await.unwrap(), None);
    assert_eq!(world.platform.outcome_calls(), 30);
}
