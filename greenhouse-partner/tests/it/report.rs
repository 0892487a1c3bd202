use greenhouse_core::AssessmentId;
use http::Method;
use serde_json::json;

use crate::support::{OTHER_KEY, World};

async fn link(world: &World, assessment: &AssessmentId) -> String {
    let answer = world
        .get(&format!("/api/greenhouse/report/{assessment}"))
        .await;
    assert_eq!(answer.status, 200);
    let url = answer.json()["url"].as_str().unwrap().to_owned();
    assert_eq!(answer.json(), json!({ "url": url }));
    url.strip_prefix("https://host.example").unwrap().to_owned()
}

#[tokio::test]
async fn a_signed_link_opens_the_report_without_a_login() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let link = link(&world, &assessment).await;
    // Also with the assessments switched off.
    world.switch.off();
    for method in [Method::GET, Method::HEAD] {
        let answer = world.request(method, &link, None, "").await;
        assert_eq!(answer.status, 302);
        assert_eq!(
            answer.header("location"),
            Some(&*format!("https://product.example/reports/{assessment}"))
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert!(answer.response.body().is_empty());
    }
}

#[tokio::test]
async fn a_revoked_link_is_gone_and_a_new_one_opens() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let old = link(&world, &assessment).await;
    world
        .service
        .revoke_report_links(&world.account, &assessment)
        .await
        .unwrap();
    let answer = world.request(Method::GET, &old, None, "").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (410, Some("text/plain; charset=utf-8"))
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let new = link(&world, &assessment).await;
    assert_eq!(world.request(Method::GET, &new, None, "").await.status, 302);
    world
        .service
        .revoke_report_links(&world.account, &assessment)
        .await
        .unwrap();
    assert_eq!(world.request(Method::GET, &new, None, "").await.status, 410);
}

#[tokio::test]
async fn a_link_that_was_tampered_with_opens_nothing() {
    let world = World::new();
    let (_, assessment) = world.finished().await;
    let link = link(&world, &assessment).await;
    let (path, token) = link.split_once("?token=").unwrap();
    for bad in [
        format!("{path}?token="),
        format!("{path}?token=x"),
        format!("{path}?token={token}x"),
        format!("{path}?token={}", "a".repeat(10_000)),
        format!("/api/greenhouse/report/other?token={token}"),
    ] {
        let answer = world.request(Method::GET, &bad, None, "").await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (404, Some("text/plain; charset=utf-8")),
            "{bad}"
        );
        assert_eq!(answer.header("location"), None);
    }
    world.platform.set_down(true);
    assert_eq!(
        world.request(Method::GET, &link, None, "").await.status,
        503
    );
}

#[tokio::test]
async fn a_link_is_given_out_for_own_finished_assessments_only() {
    let world = World::new();
    let (id, assessment) = world.invited().await;
    let path = format!("/api/greenhouse/report/{assessment}");
    assert_eq!(world.get(&path).await.status, 404);
    world.finish(&id, &assessment);
    assert_eq!(world.get(&path).await.status, 200);
    assert_eq!(
        world.get("/api/greenhouse/report/unknown").await.status,
        404
    );
    assert_eq!(
        world
            .request(Method::GET, &path, Some(OTHER_KEY), "")
            .await
            .status,
        404
    );
    assert_eq!(
        world.request(Method::GET, &path, None, "").await.status,
        401
    );
}
