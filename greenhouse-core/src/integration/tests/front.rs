use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, StatusCode, header};
use serde_json::Value;

use super::doubles::{Fake, builder};
use crate::{
    AccountId, AssessmentId, Integration,
    integration::{CompletedConfig, IntegrationBuilder, PublicRoute},
    retention::RetentionConfig,
    settings::FixedSettings,
    store::memory::MemoryStore,
    testing::{FakePlatform, ManualClock},
};

#[test]
fn build_refuses_invalid_configuration() {
    let complete = || plain().with(Fake::new("push", PublicRoute::ListTests).builder());
    assert!(complete().build().is_ok());
    let zero = Duration::ZERO;
    let refused: [(IntegrationBuilder, &str); 11] = [
        (complete().body_deadline(zero), "body_deadline"),
        // An operator's body has up to 64 KiB.
        (complete().body_budget(64 * 1024 - 1), "body_budget"),
        (plain(), "with"),
        (
            complete().with(Fake::new("push", PublicRoute::SendTest).builder()),
            "with",
        ),
        (
            complete().with(Fake::new("impossible", PublicRoute::SendTest).builder()),
            "impossible.lease",
        ),
        (
            Integration::builder(FakePlatform::new(), MemoryStore::new())
                .with(Fake::new("push", PublicRoute::ListTests).builder()),
            "public_url",
        ),
        (
            complete().default_account(AccountId::new("ac\u{200b}me")),
            "default_account",
        ),
        (
            complete()
                .settings(Arc::new(FixedSettings::default()))
                .default_account(AccountId::new("acme")),
            "default_account",
        ),
        (
            complete().retention(RetentionConfig {
                batch: 0,
                ..RetentionConfig::default()
            }),
            "retention.batch",
        ),
        (
            complete().completed(CompletedConfig {
                every: zero,
                ..CompletedConfig::default()
            }),
            "completed.every",
        ),
        (
            complete().completed(CompletedConfig {
                batch: 0,
                ..CompletedConfig::default()
            }),
            "completed.batch",
        ),
    ];
    for (builder, setting) in refused {
        let error = builder.build().unwrap_err();
        assert_eq!(error.setting(), setting, "{error}");
    }
    for url in [
        "ftp://assess.example.com",
        "assess.example.com:8443",
        "https://me:canary@assess.example.com",
        "https://assess.example.com/?a",
        "https://assess.example.com/#a",
    ] {
        let error = plain().public_url(url).unwrap_err();
        assert_eq!(error.setting(), "public_url", "{url}");
        assert!(!error.to_string().contains("canary"), "{error}");
    }
    assert_eq!(
        plain().public_url("assess").unwrap_err().setting(),
        "public_url"
    );
}

#[tokio::test]
async fn routes_public_requests_to_their_direction() {
    let (push, partner) = directions();
    let greenhouse = plain().with(push.builder()).with(partner.builder());
    let greenhouse = greenhouse.build().unwrap();
    let hook = "/api/webhooks/greenhouse";
    for (method, path, body, status, code) in [
        (
            Method::GET,
            "/api/greenhouse/list-tests",
            "",
            200,
            "partner",
        ),
        (
            Method::GET,
            "/api/greenhouse/list-tests/",
            "",
            200,
            "partner",
        ),
        (
            Method::HEAD,
            "/api/greenhouse/list-tests",
            "",
            200,
            "partner",
        ),
        (Method::POST, hook, "", 200, "push"),
        (
            Method::POST,
            "/api/greenhouse/list-tests",
            "",
            405,
            "method_not_allowed",
        ),
        (Method::GET, hook, "", 405, "method_not_allowed"),
        (
            Method::POST,
            "/api/greenhouse/send-test",
            "",
            404,
            "not_found",
        ),
        (Method::GET, "/", "", 404, "not_found"),
        (Method::POST, hook, "panic", 500, "internal"),
    ] {
        let request = http::Request::builder().method(&method).uri(path);
        let request = request.body(Bytes::from_static(body.as_bytes())).unwrap();
        let (parts, _) = request.clone().into_parts();
        let limit = if path == hook || path.contains("list-tests") {
            17
        } else {
            64 * 1024
        };
        assert_eq!(greenhouse.body_limit(&parts), limit, "{path}");
        let response = greenhouse.handle(request).await;
        assert_eq!(response.status(), status, "{method} {path}");
        let text = String::from_utf8(response.body().to_vec()).unwrap();
        assert!(text.contains(code), "{method} {path}: {text}");
        assert!(!text.contains("Mira"), "{text}");
        if status == 405 {
            assert!(response.headers().contains_key(header::ALLOW));
        }
    }
}

#[tokio::test]
async fn operator_uses_the_account_of_the_host() {
    let (push, partner) = directions();
    let greenhouse = plain().with(push.builder()).with(partner.builder());
    let greenhouse = greenhouse.build().unwrap();
    let acme = AccountId::new("acme");
    let get = |path: &str| {
        let uri = format!("/api/integrations/greenhouse/{path}");
        http::Request::get(uri).body(Bytes::new()).unwrap()
    };
    // The account that the host passes takes precedence over anything in the request.
    let mut request = get("partner");
    request.extensions_mut().insert(AccountId::new("zenith"));
    let response = greenhouse.operator(&acme, request).await;
    assert_eq!(response.body(), "\"acme\"");
    let health = greenhouse.operator(&acme, get("health")).await;
    let health: Value = serde_json::from_slice(health.body()).unwrap();
    let checks = health["checks"].as_array().unwrap();
    let names: Vec<_> = checks.iter().map(|check| &check["name"]).collect();
    assert_eq!(names, ["parked_tasks", "backlog", "push", "partner"]);
    let missing = greenhouse.operator(&acme, get("nothing")).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn change_reaches_every_direction_even_if_one_fails() {
    let (push, partner) = directions();
    let greenhouse = plain().with(push.builder()).with(partner.builder());
    let greenhouse = greenhouse.build().unwrap();
    let acme = AccountId::new("acme");
    push.refuse("as-1", true);
    for (assessment, failing) in [
        ("as-1", Some("push")),
        ("as-2", None),
        ("panic", Some("push")),
    ] {
        let assessment = AssessmentId::new(assessment);
        let reported = greenhouse.assessment_changed(&acme, &assessment).await;
        assert_eq!(reported.err().map(|error| error.direction()), failing);
    }
    assert_eq!(push.reported(), [AssessmentId::new("as-2")]);
    assert_eq!(partner.reported(), ["as-1", "as-2"].map(AssessmentId::new));
}

fn plain() -> IntegrationBuilder {
    let clock = ManualClock::at("2026-11-23T10:00:00Z".parse().unwrap());
    builder(
        &Arc::new(FakePlatform::new()),
        MemoryStore::new(),
        &Arc::new(clock),
    )
}

fn directions() -> (Arc<Fake>, Arc<Fake>) {
    (
        Fake::new("push", PublicRoute::Webhook(None)),
        Fake::new("partner", PublicRoute::ListTests),
    )
}
