use http::Method;
use serde_json::json;

use crate::support::{OTHER_KEY, World};

#[tokio::test]
async fn lists_the_accounts_own_scenarios() {
    let world = World::new();
    let answer = world.get("/api/greenhouse/list-tests").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        json!([
            { "partner_test_id": "sc-1", "partner_test_name": "Discovery Call" },
            { "partner_test_id": "sc-2", "partner_test_name": "Closing \"Call\"" },
        ])
    );
    let other = world
        .request(
            Method::GET,
            "/api/greenhouse/list-tests",
            Some(OTHER_KEY),
            "",
        )
        .await;
    assert_eq!((other.status, other.json()), (200, json!([])));
}

#[tokio::test]
async fn reports_an_unavailable_product() {
    let world = World::new();
    world.platform.set_down(true);
    let answer = world.get("/api/greenhouse/list-tests").await;
    assert_eq!(answer.status, 503);
    assert_eq!(
        answer.json(),
        json!({ "error": { "code": "product_unavailable", "message": "the product is temporarily unavailable" } })
    );
}
