//! `POST settings/push/estimate`.

use std::time::Duration;

use greenhouse_core::{Clock as _, InvitationId, earlier, scorecard::Score};
use serde_json::{Value, json};

use crate::support::world::World;

#[tokio::test]
async fn each_assessment_of_the_last_30_days_is_counted_once() {
    let world = World::new().await;
    let now = world.clock.now();
    let days_ago = |days: u64| Some(earlier(now, Duration::from_secs(days * 86_400)));
    for (id, score, days, invited) in [
        ("old", Some(99.0), 31, false),
        ("high", Some(90.0), 30, false),
        ("exact", Some(70.0), 3, false),
        ("low", Some(69.9), 2, false),
        ("none", None, 1, false),
        ("invited", Some(95.0), 1, true),
    ] {
        world.assessed_as(id, |it| {
            it.score = score.map(|score| Score::new(score).unwrap());
            it.completed_at = days_ago(days);
            it.invitation = invited.then(|| InvitationId::new("inv-1"));
        });
    }
    let counts = |pushed, without_score, below_minimum, manual| {
        json!({
            "days": 30, "completed": 5, "pushed": pushed, "invited": 1, "without_score": without_score,
            "below_minimum": below_minimum, "manual": manual, "unread": 0, "complete": true,
        })
    };
    let from_70 = |inclusive| json!({ "kind": "on_score", "minimum": 70, "inclusive": inclusive });
    for (trigger, expected) in [
        (json!({ "kind": "manual" }), counts(0, 0, 0, 4)),
        (json!({ "kind": "on_complete" }), counts(4, 0, 0, 0)),
        (from_70(true), counts(2, 1, 1, 0)),
        (from_70(false), counts(1, 1, 2, 0)),
    ] {
        assert_eq!(
            estimate(&world, &trigger).await,
            (200, expected),
            "{trigger}"
        );
    }
    assert!(world.log().await.is_empty(), "an estimate changes nothing");
    assert_eq!(world.greenhouse.asked(), [""; 0]);
}

#[tokio::test]
async fn a_large_number_is_cut_and_a_product_without_a_list_is_named() {
    let world = World::new().await;
    let now = world.clock.now();
    for number in 0..1_001 {
        world.assessed_as(&format!("a-{number:04}"), |it| it.completed_at = Some(now));
    }
    let trigger = json!({ "kind": "on_complete" });
    let (_, counted) = estimate(&world, &trigger).await;
    let numbers = [&counted["pushed"], &counted["complete"]];
    assert_eq!(numbers, [&json!(1_000), &json!(false)]);

    world.platform.set_cannot_list(true);
    let (status, refused) = estimate(&world, &trigger).await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (409, &json!("cannot_list"))
    );
    let (status, refused) = estimate(&world, &json!({ "kind": "sometimes" })).await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (422, &json!("bad_body"))
    );
    let path = "settings/push/estimate";
    assert_eq!(world.operator("GET", path, "").await.0, 405);
}

async fn estimate(world: &World, trigger: &Value) -> (u16, Value) {
    let path = "settings/push/estimate";
    let (status, _, body) = world.operator("POST", path, &trigger.to_string()).await;
    (status, body)
}
