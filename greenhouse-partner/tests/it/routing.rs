use bytes::Bytes;
use greenhouse_core::{
    integration::PublicRoute,
    settings::{AssessmentSettings, KeyDigest},
    store::{Applied, Changes, Records, StoreWriter, Write},
};
use http::{Method, Request};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{HOOK, KEY, OTHER_KEY, World, send_test_body, sign};

#[tokio::test]
async fn unknown_paths_and_methods_are_refused() {
    let world = World::new();
    for path in [
        "/",
        "/api/greenhouse",
        "/api/greenhouse/nothing",
        "/api/greenhouse/report/",
        "/api/webhooks/x",
    ] {
        let answer = world.get(path).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "not_found"),
            "{path}"
        );
    }
    for (method, path, allowed) in [
        (Method::POST, "/api/greenhouse/list-tests", "GET, HEAD"),
        (Method::GET, "/api/greenhouse/send-test", "POST"),
        (Method::DELETE, "/api/greenhouse/test-status", "GET, HEAD"),
        (Method::PUT, "/api/greenhouse/report/as-1", "GET, HEAD"),
        (Method::GET, "/api/greenhouse/response-error", "POST"),
        (Method::PATCH, "/api/webhooks/greenhouse", "POST"),
    ] {
        let answer = world.request(method, path, Some(KEY), "").await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some(allowed)),
            "{path}"
        );
    }
    assert!(world.is_untouched().await);
}

#[tokio::test]
async fn every_assessment_endpoint_requires_the_key() {
    let world = World::new();
    for (method, path) in [
        (Method::GET, "/api/greenhouse/list-tests"),
        (Method::POST, "/api/greenhouse/send-test"),
        (
            Method::GET,
            "/api/greenhouse/test-status?partner_interview_id=1",
        ),
        (Method::GET, "/api/greenhouse/report/as-1"),
        (Method::POST, "/api/greenhouse/response-error"),
    ] {
        let missing = world.request(method.clone(), path, None, "{}").await;
        assert_eq!(
            (missing.status, missing.header("www-authenticate")),
            (401, Some("Basic realm=\"greenhouse\""))
        );
        assert_eq!(
            missing.json(),
            json!({ "error": { "code": "unauthorized", "message": "the request has no authorization header" } })
        );
        let wrong = world
            .request(method.clone(), path, Some("gpk_wrong"), "{}")
            .await;
        assert_eq!(
            (wrong.status, wrong.header("www-authenticate")),
            (401, Some("Basic realm=\"greenhouse\""))
        );
        assert_eq!(
            wrong.json(),
            json!({ "error": { "code": "unauthorized", "message": "unknown or revoked partner key" } })
        );
    }
    assert!(world.is_untouched().await);
}

#[tokio::test]
async fn disabled_directions_are_not_found() {
    let world = World::new();
    world.switch.off();
    for (method, path) in [
        (Method::GET, "/api/greenhouse/list-tests"),
        (Method::POST, "/api/greenhouse/send-test"),
        (
            Method::GET,
            "/api/greenhouse/test-status?partner_interview_id=1",
        ),
        (Method::POST, "/api/greenhouse/response-error"),
        (Method::POST, "/api/webhooks/greenhouse/0123456789abcdef"),
        (Method::POST, "/api/webhooks/greenhouse"),
    ] {
        let answer = world.request(method, path, Some(KEY), "{}").await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "not_found"),
            "{path}"
        );
    }
    // Only the refusals were stored.
    let log = world.log().await;
    let codes: Vec<_> = log.iter().map(|logged| &*logged.entry.code).collect();
    assert_eq!(codes.len(), 2, "{codes:?}");
    assert!(codes.contains(&"test_refused_off") && codes.contains(&"request_refused_off"));
    assert_eq!(world.platform.invited(), 0);
}

/// For one of the account's keys, the response says that assessments are disabled. Any other key is
/// unknown.
#[tokio::test]
async fn responses_to_keys_while_assessments_are_disabled() {
    let settings = |enabled| {
        let mut settings = AssessmentSettings::new(vec![KeyDigest::of(KEY)]);
        settings.enabled = enabled;
        settings
    };
    for (section, key, expected) in [
        (Some(settings(true)), KEY, 200),
        (Some(settings(true)), "gpk_nobodys", 401),
        (Some(settings(false)), KEY, 404),
        (Some(settings(false)), "gpk_nobodys", 401),
        // The keys were removed with the section.
        (None, KEY, 401),
        (None, "gpk_nobodys", 401),
    ] {
        let world = World::new();
        set_assessments(&world, section.clone()).await;
        let path = "/api/greenhouse/list-tests";
        let answer = world.request(Method::GET, path, Some(key), "").await;
        assert_eq!(answer.status, expected, "{section:?} {key}");
        let other = world.request(Method::GET, path, Some(OTHER_KEY), "").await;
        assert_eq!(other.status, 200, "another account is not affected");
    }
}

async fn set_assessments(world: &World, settings: Option<AssessmentSettings>) {
    let record = world.store.account(&world.account).await.unwrap();
    let mut record = record.unwrap();
    record.settings.assessments = settings;
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    let stored = world.store.apply(&world.account, changes).await;
    assert_eq!(stored.unwrap(), Applied::Applied);
}

#[tokio::test]
async fn limits_are_exposed_to_the_adapter_and_enforced_without_it() {
    let world = World::new();
    for (path, limit) in [
        ("/api/webhooks/greenhouse/0123456789abcdef", 1024 * 1024),
        ("/api/webhooks/greenhouse", 1024 * 1024),
        ("/api/greenhouse/send-test", 64 * 1024),
    ] {
        let route = PublicRoute::parse(path).unwrap();
        assert_eq!(world.service.body_limit(&route), limit, "{path}");
    }
    let large = " ".repeat(64 * 1024 + 1);
    for (path, logged) in [
        ("/api/greenhouse/response-error", 1),
        ("/api/greenhouse/send-test", 2),
    ] {
        let answer = world.post(path, large.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (413, "too_large"));
        assert_eq!(world.log().await.len(), logged);
    }
}

#[tokio::test]
async fn debug_of_the_service_contains_no_secret() {
    let world = World::new();
    let debug = format!("{:?}", world.service);
    for secret in [KEY, "cc-user", "cc-pass", "hook-secret"] {
        assert!(!debug.contains(secret), "{debug}");
    }
    let request = Request::builder()
        .uri("*")
        .method(Method::OPTIONS)
        .body(Bytes::new())
        .unwrap();
    assert_eq!(world.service.handle(request).await.status(), 404);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Slightly wrong bodies, queries and paths always get a response, and never a 5xx.
    #[test]
    fn every_invalid_request_gets_a_specific_error(
        path in "[ -~]{0,40}",
        at in any::<prop::sample::Index>(),
        replacement in "[ -~]{0,4}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::new();
            let mut body = send_test_body("777").to_string();
            let at = at.index(body.len());
            body.replace_range(at..=at, &replacement);
            let query: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
            let sent = world.post("/api/greenhouse/send-test", body.clone()).await;
            assert!([200, 400, 422].contains(&sent.status), "{body}");
            let error = world.post("/api/greenhouse/response-error", body.clone()).await;
            assert!([200, 400].contains(&error.status), "{body}");
            let webhook = world.deliver_raw(HOOK, &query, Some(&sign(&body)), &body).await;
            assert!([200, 400].contains(&webhook.status), "{body}");
            for path in [
                format!("/api/greenhouse/test-status?partner_interview_id={query}"),
                format!("/api/greenhouse/report/{query}"),
                format!("/api/greenhouse/report/as-1?token={query}"),
                format!("/api/greenhouse/{query}"),
            ] {
                assert!([400, 404].contains(&world.get(&path).await.status), "{path}");
            }
        });
    }
}
