//! Credentials are checked from the head, before a body is read.

use std::{convert::Infallible, sync::Arc};

use bytes::Bytes;
use futures_util::stream;
use http::{Method, Request, header};

use super::doubles::{Fake, builder};
use crate::{
    AccountId, Integration,
    integration::PublicRoute,
    store::memory::MemoryStore,
    testing::{FakePlatform, ManualClock},
};

#[tokio::test]
async fn a_refused_request_is_answered_before_its_body_is_read() {
    let greenhouse = greenhouse();
    let hook = "/api/webhooks/greenhouse";
    for (method, target, is_read, status, text) in [
        (Method::POST, hook.to_owned(), true, 200, "partner"),
        (
            Method::POST,
            format!("{hook}?refused"),
            false,
            401,
            "refused",
        ),
        (
            Method::POST,
            format!("{hook}?panic"),
            false,
            500,
            "internal",
        ),
        (Method::GET, hook.to_owned(), false, 405, "method"),
        (
            Method::POST,
            format!("{hook}/unknown"),
            false,
            404,
            "not_found",
        ),
        (Method::POST, "/nothing".to_owned(), false, 404, "not_found"),
        (
            Method::POST,
            "/api/greenhouse/list-tests".to_owned(),
            false,
            405,
            "method",
        ),
        // The body of a GET has no meaning.
        (
            Method::GET,
            "/api/greenhouse/list-tests".to_owned(),
            false,
            200,
            "push",
        ),
    ] {
        let request = Request::builder().method(&method).uri(&target);
        let mut polled = false;
        let body = stream::once(async {
            polled = true;
            Ok::<_, Infallible>(Bytes::from_static(b"a body"))
        });
        let response = greenhouse.handle_streamed(request.body(body).unwrap());
        let response = response.await;
        assert_eq!(response.status(), status, "{method} {target}");
        assert_eq!(polled, is_read, "{method} {target}");
        let answer = String::from_utf8(response.body().to_vec()).unwrap();
        assert!(
            answer.contains(text) && !answer.contains("Mira"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn an_operator_without_an_account_is_answered_before_the_body_is_read() {
    let greenhouse = greenhouse();
    for token in ["", "Bearer unknown"] {
        let mut polled = false;
        let body = stream::once(async {
            polled = true;
            Ok::<_, Infallible>(Bytes::new())
        });
        let request = Request::post("/preview").header(header::AUTHORIZATION, token);
        let request = request.body(body).unwrap();
        let response = match token {
            "" => greenhouse.operator_streamed(None, request).await,
            _ => greenhouse.operator_with_token_streamed(request).await,
        };
        assert_eq!((response.status().as_u16(), polled), (401, false));
    }
    let body = stream::once(async { Ok::<_, Infallible>(Bytes::new()) });
    let request = Request::post("/preview").body(body).unwrap();
    let acme = Some(AccountId::new("acme"));
    let response = greenhouse.operator_streamed(acme, request).await;
    assert_eq!(response.status(), 422, "the body is read");
}

fn greenhouse() -> Integration {
    let clock = ManualClock::at("2026-11-23T10:00:00Z".parse().unwrap());
    builder(
        &Arc::new(FakePlatform::new()),
        MemoryStore::new(),
        &Arc::new(clock),
    )
    .with(Fake::new("partner", PublicRoute::Webhook(None)).builder())
    .with(Fake::new("push", PublicRoute::ListTests).builder())
    .build()
    .unwrap()
}
