use std::{sync::Arc, time::Duration};

use greenhouse_core::testing::ManualClock;
use greenhouse_harvest::{
    AuthProblem, Error,
    api::{JobFilter, UserFilter},
};
use serde_json::json;
use wiremock::{
    Mock, ResponseTemplate,
    matchers::{method, path},
};

use crate::support::{
    SECRET, TOKEN, client, client_on, dated, header, ok, requests_to, server, start, token,
    with_tokens,
};

#[tokio::test]
async fn waiting_callers_share_one_token_request() {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(path("/v3/jobs"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([])))
        .mount(&server)
        .await;
    let client = client(&server);
    let callers = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.jobs(&JobFilter::default()).all().await })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap().unwrap();
    }

    let tokens = requests_to(&server, "/token").await;
    assert_eq!(tokens.len(), 1);
    assert_eq!(
        String::from_utf8_lossy(&tokens[0].body),
        "grant_type=client_credentials&sub=5400012002"
    );
    // client-7:canary-secret
    assert_eq!(
        header(&tokens[0], "authorization"),
        "Basic Y2xpZW50LTc6Y2FuYXJ5LXNlY3JldA=="
    );
    assert_eq!(
        header(&tokens[0], "content-type"),
        "application/x-www-form-urlencoded"
    );
    let calls = requests_to(&server, "/v3/jobs").await;
    assert_eq!(calls.len(), 20);
    assert_eq!(
        header(&calls[0], "authorization"),
        format!("Bearer {TOKEN}")
    );
}

#[tokio::test]
async fn a_token_is_refreshed_before_it_expires_for_every_form_of_expiry() {
    for end in [
        json!({"expires_at": "2026-05-11T14:54:09Z"}),
        json!({"expires_in": 3600}),
        json!({"expires_at": "2026-05-11T14:54:09Z", "expires_in": 5}),
    ] {
        let server = server().await;
        let mut body = json!({"token_type": "Bearer", "access_token": TOKEN});
        body.as_object_mut()
            .unwrap()
            .extend(end.as_object().unwrap().clone());
        Mock::given(path("/token"))
            .respond_with(
                ResponseTemplate::new(200)
                    .set_body_json(body)
                    .insert_header("date", "Mon, 11 May 2026 13:54:09 GMT"),
            )
            .mount(&server)
            .await;
        let clock = Arc::new(ManualClock::at(start()));
        Mock::given(path("/v3/jobs"))
            .respond_with(dated(&clock, ok(json!([]))))
            .mount(&server)
            .await;
        let client = client_on(&server, clock.clone());
        for (minutes, tokens) in [(0, 1), (57, 1), (2, 2)] {
            clock.advance(Duration::from_secs(60 * minutes));
            client.jobs(&JobFilter::default()).all().await.unwrap();
            assert_eq!(requests_to(&server, "/token").await.len(), tokens, "{end}");
        }
    }
}

#[tokio::test]
async fn a_valid_token_is_used_without_waiting_while_the_token_host_is_down() {
    let server = server().await;
    Mock::given(path("/token"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(token())
                .insert_header("date", "Mon, 11 May 2026 13:54:09 GMT"),
        )
        .up_to_n_times(1)
        .mount(&server)
        .await;
    // The clock does not advance, so a caller that waited would wait forever.
    let clock = Arc::new(ManualClock::at(start()));
    Mock::given(path("/token"))
        .respond_with(dated(&clock, ResponseTemplate::new(503)))
        .with_priority(20)
        .mount(&server)
        .await;
    Mock::given(path("/v3/jobs"))
        .respond_with(dated(&clock, ok(json!([]))))
        .mount(&server)
        .await;
    let client = client_on(&server, clock.clone());
    for (seconds, tokens) in [(0, 1), (3500, 2), (0, 2), (29, 2), (1, 3), (0, 3)] {
        clock.advance(Duration::from_secs(seconds));
        let jobs = client.jobs(&JobFilter::default());
        let found = tokio::time::timeout(Duration::from_secs(5), jobs.all()).await;
        found.unwrap().unwrap();
        assert_eq!(requests_to(&server, "/token").await.len(), tokens);
    }
}

#[tokio::test]
async fn a_rejected_token_is_renewed_once() {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(path("/v3/jobs"))
        .respond_with(ResponseTemplate::new(401))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/v3/jobs"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([])))
        .with_priority(20)
        .mount(&server)
        .await;
    client(&server)
        .jobs(&JobFilter::default())
        .all()
        .await
        .unwrap();
    assert_eq!(requests_to(&server, "/token").await.len(), 2);
    assert_eq!(requests_to(&server, "/v3/jobs").await.len(), 2);
}

#[tokio::test]
async fn a_token_that_is_always_rejected_is_an_error() {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(path("/v3/jobs"))
        .respond_with(ResponseTemplate::new(401).set_body_json(
            json!({"message": "Unauthorized", "errors": ["Token could not be decoded."]}),
        ))
        .mount(&server)
        .await;
    let refused = client(&server).jobs(&JobFilter::default()).all().await;
    assert!(matches!(
        refused,
        Err(Error::Auth {
            problem: AuthProblem::TokenRejected,
            ..
        })
    ));
    assert_eq!(requests_to(&server, "/v3/jobs").await.len(), 2);
}

#[tokio::test]
async fn every_refusal_of_the_token_host_is_distinguished_and_none_is_retried() {
    for (status, body, problem) in [
        (
            401,
            r#"{"error":"invalid_client"}"#,
            AuthProblem::Credential,
        ),
        (
            401,
            r#"{"message":"Unauthorized","errorId":"err-1"}"#,
            AuthProblem::NoCredential,
        ),
        (
            400,
            r#"{"message":"client_id=client-7 does not contain a valid client ID suffix","errorId":"err-1"}"#,
            AuthProblem::ClientId,
        ),
        (
            400,
            r#"{"message":"Must include `grant_type` parameter in /token request"}"#,
            AuthProblem::GrantType,
        ),
        (
            400,
            r#"{"error":"invalid_request"}"#,
            AuthProblem::ActingUser,
        ),
        (403, "", AuthProblem::TokenRefused { status: 403 }),
    ] {
        let server = server().await;
        Mock::given(path("/token"))
            .respond_with(ResponseTemplate::new(status).set_body_string(body))
            .expect(1)
            .mount(&server)
            .await;
        let error = client(&server).introspect().await.unwrap_err();
        assert!(
            matches!(error, Error::Auth { problem: found, .. } if found == problem),
            "{error:?}"
        );
        let shown = format!("{error} {error:?} {}", problem.remedy());
        assert!(!shown.contains("client-7") && !shown.contains(SECRET));
    }
}

#[tokio::test]
async fn granted_scopes_are_cached_and_missing_ones_are_not() {
    let server = server().await;
    with_tokens(&server).await;
    let role = |role| {
        ResponseTemplate::new(200).set_body_json(json!({
            "active": true, "client_id": "client-7", "sub": "5400012002", "scope": "harvest:jobs:list",
            "https://auth.greenhouse.io/claims": {"organization": {"id": 1, "name": "x"}, "user_role": role},
        }))
    };
    Mock::given(method("POST"))
        .and(path("/introspect"))
        .respond_with(role("job_admin"))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/introspect"))
        .respond_with(role("Site Admin"))
        .with_priority(20)
        .mount(&server)
        .await;
    let client = client(&server);
    for (sees, asked) in [(false, 1), (false, 2), (true, 3), (true, 3)] {
        assert_eq!(client.sees_all().await.unwrap(), sees);
        let asks = requests_to(&server, "/introspect").await;
        assert_eq!(asks.len(), asked);
        assert_eq!(
            String::from_utf8_lossy(&asks[0].body),
            format!("token={TOKEN}&token_type_hint=access_token")
        );
    }
}

#[tokio::test]
async fn a_token_that_has_ended_early_is_replaced() {
    let server = server().await;
    with_tokens(&server).await;
    let active = |active: bool| {
        ResponseTemplate::new(200).set_body_json(json!({
            "active": active, "sub": "5400012002",
            "https://auth.greenhouse.io/claims": {"user_role": "site_admin"},
        }))
    };
    Mock::given(path("/introspect"))
        .respond_with(active(false))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/introspect"))
        .respond_with(active(true))
        .with_priority(20)
        .mount(&server)
        .await;
    let client = client(&server);
    assert!(client.sees_all().await.unwrap());
    assert_eq!(requests_to(&server, "/token").await.len(), 2);

    // If the new token is inactive too, it is not replaced again by the same call.
    let server = self::server().await;
    with_tokens(&server).await;
    Mock::given(path("/introspect"))
        .respond_with(active(false))
        .mount(&server)
        .await;
    let client = self::client(&server);
    assert!(!client.sees_all().await.unwrap());
    assert_eq!(requests_to(&server, "/token").await.len(), 2);
}

#[tokio::test]
async fn concurrent_403s_share_one_introspection() {
    let server = server().await;
    let clock = Arc::new(ManualClock::at(start()));
    Mock::given(path("/token"))
        .respond_with(dated(&clock, ok(token())))
        .expect(1)
        .mount(&server)
        .await;
    let identity = json!({
        "active": true, "sub": "5400012002", "scope": "harvest:jobs:list",
        "https://auth.greenhouse.io/claims": {"user_role": "job_admin"},
    });
    Mock::given(path("/introspect"))
        .respond_with(dated(&clock, ok(identity)))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .respond_with(dated(&clock, ResponseTemplate::new(403)))
        .mount(&server)
        .await;
    let client = client_on(&server, clock);
    let (filter, other) = (JobFilter::new(), UserFilter::new());
    for _ in 0..2 {
        let (jobs, users) = tokio::join!(client.jobs(&filter).all(), client.users(&other).all());
        for (error, problem) in [
            (jobs.unwrap_err(), AuthProblem::NotSiteAdmin),
            (
                users.unwrap_err(),
                AuthProblem::MissingScope {
                    scope: "harvest:users:list",
                },
            ),
        ] {
            assert!(
                matches!(error, Error::Auth { problem: found, .. } if found == problem),
                "{error:?}"
            );
        }
    }
}
