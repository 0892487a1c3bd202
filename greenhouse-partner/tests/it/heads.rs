//! Credentials are checked from the head of a request, before its body is read.

use bytes::Bytes;
use greenhouse_core::integration::InboundHead;
use http::{HeaderValue, Method, Request, header};
use serde_json::Value;

use crate::support::{HOOK, KEY, World, basic, sign};

#[tokio::test]
async fn every_endpoint_checks_the_credential_from_the_head() {
    let hook = format!("/api/webhooks/greenhouse/{HOOK}");
    let wrong = format!("sha256 {}", "0".repeat(64));
    let upper = sign("{}").to_uppercase();
    for (method, path, name, value, expected) in [
        // A signature of the right form may match the body.
        (Method::POST, &*hook, "signature", Some(wrong.clone()), None),
        (
            Method::POST,
            &hook,
            "signature",
            None,
            Some("bad_signature"),
        ),
        (
            Method::POST,
            &hook,
            "signature",
            Some("sha256 00".to_owned()),
            Some("bad_signature"),
        ),
        (
            Method::POST,
            &hook,
            "signature",
            Some(upper),
            Some("bad_signature"),
        ),
        (
            Method::POST,
            "/api/webhooks/greenhouse/fedcba9876543210",
            "signature",
            Some(wrong),
            Some("not_found"),
        ),
        (
            Method::POST,
            "/api/greenhouse/send-test",
            "authorization",
            None,
            Some("unauthorized"),
        ),
        (
            Method::POST,
            "/api/greenhouse/send-test",
            "authorization",
            Some(basic("gpk_wrong")),
            Some("unauthorized"),
        ),
        (
            Method::POST,
            "/api/greenhouse/response_errors",
            "authorization",
            Some("Bearer gpk_wrong".to_owned()),
            Some("unauthorized"),
        ),
        (
            Method::GET,
            "/api/greenhouse/list-tests",
            "authorization",
            Some(basic("gpk_wrong")),
            Some("unauthorized"),
        ),
        (
            Method::GET,
            "/api/greenhouse/report/as-1",
            "authorization",
            None,
            Some("unauthorized"),
        ),
        // The token is the credential.
        (
            Method::GET,
            "/api/greenhouse/report/as-1?token=x",
            "authorization",
            None,
            None,
        ),
    ] {
        let world = World::new();
        let mut request = Request::builder().method(&method).uri(path);
        if let Some(value) = &value {
            let value = HeaderValue::from_str(value).unwrap();
            request = request.header(name, value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let mut head = InboundHead::parse(parts).unwrap();
        let admitted = world.service.admit(&mut head).await;
        let code = admitted.err().map(|response| {
            let body: Value = serde_json::from_slice(response.body()).unwrap();
            let challenged = response.headers().contains_key(header::WWW_AUTHENTICATE);
            assert_eq!(challenged, body["error"]["code"] == "unauthorized");
            body["error"]["code"].as_str().unwrap().to_owned()
        });
        assert_eq!(code.as_deref(), expected, "{method} {path} {value:?}");
    }
}

/// The head is checked once: the answer does not look the key up again.
#[tokio::test]
async fn an_admitted_request_is_not_checked_again() {
    let world = World::new();
    let request = Request::get("/api/greenhouse/list-tests");
    let request = request.header(header::AUTHORIZATION, basic(KEY));
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let mut head = InboundHead::parse(parts).unwrap();
    world.service.admit(&mut head).await.unwrap();
    world.switch.off();
    let request = head.with_body(Bytes::new());
    assert_eq!(world.service.answer(&request).await.status(), 200);
}
